"""The reference document of the Word letter: paper, margins, styles, and the running header.

pandoc takes these from a document it is given; this one is made for each letter, since its
header from page 2 on names the addressee, the date and the page. The styles bear Word's own
names where Word has them, so that colleagues find them in the list.
"""

import io
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip file knows no earlier day

FONT = "Garamond"
SIZES = {"Letter": (12240, 15840), "A4": (11906, 16838)}
"""Paper sizes in twentieths of a point."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the pages after the first are headed by; `page` has `{page}` for the number."""

    addressee: str
    date: str
    page: str


def reference_document(header: Header, size: str, *, rtl: bool = False) -> bytes:
    """The reference document as a `.docx`: the same bytes for the same header and size."""
    parts = {
        "[Content_Types].xml": _types(),
        "_rels/.rels": _relations(("officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": _relations(
            ("styles", "styles.xml"), ("header", "header1.xml"), ("header", "header2.xml")
        ),
        "word/document.xml": _document(*SIZES[size], rtl),
        "word/styles.xml": _styles(),
        "word/header1.xml": _part("hdr", "<w:p/>"),
        "word/header2.xml": _part("hdr", _running(header)),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _EARLIEST), _DECLARATION + text)
    return out.getvalue()


def _types() -> str:
    kinds = {"document": "document.main", "styles": "styles", "header1": "header"}
    kinds["header2"] = "header"
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_TYPE}.{kind}+xml"/>'
        for name, kind in kinds.items()
    )
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{relations}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    entries = "".join(
        f'<Relationship Id="rId{number}" Type="{_R}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>'


def _part(name: str, content: str) -> str:
    return f'<w:{name} xmlns:w="{_W}" xmlns:r="{_R}">{content}</w:{name}>'


def _document(width: int, height: int, rtl: bool) -> str:
    margins = 'w:top="1300" w:bottom="1150" w:left="1600" w:right="1600"'
    return _part(
        "document",
        "<w:body><w:p/><w:sectPr>"
        '<w:headerReference w:type="first" r:id="rId2"/>'
        '<w:headerReference w:type="default" r:id="rId3"/>'
        f'<w:pgSz w:w="{width}" w:h="{height}"/>'
        f'<w:pgMar {margins} w:header="700" w:footer="700" w:gutter="0"/>'
        f"<w:titlePg/>{'<w:bidi/>' if rtl else ''}</w:sectPr></w:body>",
    )


def _running(header: Header) -> str:
    before, _, after = header.page.partition("{page}")
    return (
        '<w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>'
        f"{_run(header.addressee)}<w:r><w:tab/></w:r>{_run(f'{header.date} · {before}')}"
        '<w:fldSimple w:instr=" PAGE "><w:r><w:t>2</w:t></w:r></w:fldSimple>'
        f"{_run(after) if after else ''}</w:p>"
    )


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _styles() -> str:
    fonts = " ".join(f'w:{name}="{FONT}"' for name in ("ascii", "hAnsi", "cs"))
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts {fonts}/>"
        '<w:sz w:val="24"/><w:szCs w:val="24"/><w:lang w:val="en-US"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="0" w:line="300" w:lineRule="exact"/></w:pPr>'
        "</w:pPrDefault></w:docDefaults>"
    )
    return _part("styles", defaults + "".join(_PARAGRAPHS) + "".join(_CHARACTERS))


def _paragraph(name: str, properties: str = "", run: str = "", based_on: str = "Normal") -> str:
    return _style("paragraph", name, properties, run, based_on)


def _style(kind: str, name: str, properties: str, run: str, based_on: str) -> str:
    style_id = "".join(word[0].upper() + word[1:] for word in name.split())
    default = ' w:default="1"' if name in ("Normal", "Default Paragraph Font") else ""
    return (
        f'<w:style w:type="{kind}"{default} w:styleId="{style_id}">'
        f"<w:name w:val={quoteattr(name)}/>"
        + (f'<w:basedOn w:val="{based_on}"/>' if based_on else "")
        + "<w:qFormat/>"
        + (f"<w:pPr>{properties}</w:pPr>" if properties else "")
        + (f"<w:rPr>{run}</w:rPr>" if run else "")
        + "</w:style>"
    )


def _spacing(before: int = 0, after: int = 0, line: int = 0) -> str:
    exact = f' w:line="{line}" w:lineRule="exact"' if line else ""
    return f'<w:spacing w:before="{before}" w:after="{after}"{exact}/>'


_KEEP = "<w:keepNext/>"
_TOGETHER = "<w:keepNext/><w:keepLines/>"
_SMALL = '<w:sz w:val="20"/><w:szCs w:val="20"/>'
_RULE = '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="8" w:color="444444"/></w:pBdr>'
_TEXT = _spacing(after=150)
_PARAGRAPHS = (
    _paragraph("Normal", "<w:widowControl/>", based_on=""),
    _paragraph("Body Text", _TEXT),
    _paragraph("First Paragraph", _spacing(before=90, after=150)),
    _paragraph("Compact", _spacing(after=60)),
    _paragraph("Block Text", f'{_TEXT}<w:ind w:left="480" w:right="480"/>'),
    _paragraph(
        "Letterhead",
        f'{_spacing(line=520)}<w:jc w:val="center"/>',
        '<w:smallCaps/><w:spacing w:val="40"/><w:sz w:val="38"/><w:szCs w:val="38"/>',
    ),
    _paragraph(
        "Letterhead Contact",
        f'{_RULE}{_spacing(after=360)}<w:jc w:val="center"/>',
        f"<w:i/>{_SMALL}",
    ),
    _paragraph("Date", _spacing(after=300)),
    _paragraph("Inside Address", _spacing(after=360)),
    _paragraph("heading 1", f'{_KEEP}{_spacing(after=300)}<w:outlineLvl w:val="0"/>', "<w:b/>"),
    *(
        _paragraph(
            f"heading {level}",
            f'{_TOGETHER}{_spacing(before=240, after=100)}<w:outlineLvl w:val="{level - 1}"/>',
            "<w:i/>",
        )
        for level in (2, 3, 4, 5, 6)
    ),
    _paragraph("Salutation", _TEXT),
    _paragraph("Closing", f"{_TOGETHER}{_spacing(before=280, after=880)}"),
    _paragraph("Signature", f"<w:keepLines/>{_spacing(after=240)}"),
    _paragraph("Cosigners", f"<w:keepLines/>{_spacing(before=120, after=150)}"),
    _paragraph("Enclosures", f'{_spacing(after=60)}<w:ind w:left="360" w:hanging="360"/>'),
    _paragraph("Bibliography", f'{_spacing(after=100)}<w:ind w:left="320" w:hanging="320"/>'),
    _paragraph(
        "header",
        f'<w:tabs><w:tab w:val="right" w:pos="9040"/></w:tabs>{_spacing(after=360)}',
        f"<w:i/>{_SMALL}",
    ),
    _paragraph("footnote text", _spacing(after=40, line=230), _SMALL),
)
_CHARACTERS = (
    _style("character", "Default Paragraph Font", "", "", ""),
    _style(
        "character",
        "footnote reference",
        "",
        '<w:vertAlign w:val="superscript"/>',
        "DefaultParagraphFont",
    ),
    _style("character", "Hyperlink", "", "", "DefaultParagraphFont"),
    _style("character", "Verbatim Char", "", "", "DefaultParagraphFont"),
)
