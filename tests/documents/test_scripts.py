"""Other scripts on paper: what is copied out of the PDF is what was written."""

import re
import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from fontTools.misc.timeTools import timestampNow
from fontTools.ttLib import TTFont

from advocacy.documents.fonts import PACKAGES, font_list
from advocacy.documents.pdf.guarded import pdf_from_html
from advocacy.files.workspace import Workspace

pytestmark = pytest.mark.slow

LINES = {
    "hi": "प्रिया शर्मा हिन्दी क्षत्रिय दिल्ली संसद मार्ग",
    "th": "สมชาย ใจดี กรุงเทพฯ น้ำ เพื่อนสวนที่นี่ บริสุทธิ์น้อย ปู่ย่าตายาย ฝั่ง",
    "ta": "அனிதா தமிழ் கொள்கை",
    "lo": "ສະບາຍດີ ທີ່ນີ້",
    "my": "မြန်မာနိုင်ငံ",
    "si": "ශ්‍රී ලංකාව",
    "ja": "山田 花子 ソフトウェア",
    "en": "🙂 ✊🏽 ❤️ Ann",
    "ar": "نكتب إليكم لأن شركتكم تبيع لا الله",
    "he": "ארה״ב ג׳ורג׳ אנו כותבים אליכם",
}
INVISIBLE = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufe0f\ufffe]|\\s")


@pytest.fixture(scope="module")
def page() -> bytes:
    """A page with a line in each script."""
    families = PACKAGES.needed("".join(LINES.values()), "en")
    lines = "".join(
        f'<p lang="{tag}" dir="{"rtl" if tag in ("ar", "he") else "ltr"}">{line}</p>'
        for tag, line in LINES.items()
    )
    css = f"{PACKAGES.face_rules(families)} html {{ font-family: {font_list(families)} }}"
    html = f'<html lang="en"><title>x</title><style>{css}</style><body>{lines}</body></html>'
    return pdf_from_html(html, Workspace.of(Path("campaign.yaml"))).data


def bare(text: str) -> str:
    return INVISIBLE.sub("", text)


def test_chrome_copies_what_was_written(page: bytes) -> None:
    import pypdfium2

    with pypdfium2.PdfDocument(page) as pdf:
        found = bare(pdf[0].get_textpage().get_text_range())
    assert found == bare("".join(LINES.values()))


def test_poppler_copies_what_was_written(page: bytes, tmp_path: Path, tool) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(page)
    found = subprocess.run(
        [tool("pdftotext"), str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert bare(found) == bare("".join(LINES.values()))


@pytest.mark.parametrize("style", ["font-weight: bold", "font-size: 20pt", "width: 6em"])
def test_words_of_stacking_scripts_are_copied_whole(style: str, tmp_path: Path, tool) -> None:
    words = [word for tag in ("th", "hi", "ta", "lo", "my", "si") for word in LINES[tag].split()]
    families = PACKAGES.needed("".join(words), "en")
    css = f"{PACKAGES.face_rules(families)} html {{ font-family: {font_list(families)}; {style} }}"
    lines = "".join(f"<p>{word}</p>" for word in words)
    html = f'<html lang="en"><title>x</title><style>{css}</style><body>{lines}</body></html>'
    path = tmp_path / "page.pdf"
    path.write_bytes(pdf_from_html(html, Workspace.of(Path("campaign.yaml"))).data)
    found = subprocess.run(
        [tool("pdftotext"), str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    # Long words of Thai are divided between lines, as they have no spaces.
    assert bare(found) == bare("".join(words))


def test_only_clusters_that_glyphs_do_not_say_have_a_text_of_their_own(page: bytes) -> None:
    with pikepdf.open(BytesIO(page)) as pdf:
        commands = [
            one.operands[1].ActualText
            for one in pikepdf.parse_content_stream(pdf.pages[0])
            if str(one.operator) == "BDC" and "/ActualText" in one.operands[1]
        ]
    said = "".join(map(str, commands))
    assert "र्मा" in said
    assert not re.search("[\u0590-\u06ffa-z\u3000-\u9fff]", said)


def test_a_font_does_not_say_when_it_was_embedded(page: bytes) -> None:
    with pikepdf.open(BytesIO(page)) as file:
        fonts = [
            TTFont(BytesIO(one.read_bytes()))
            for one in file.objects
            if isinstance(one, pikepdf.Stream) and "/Length1" in one
        ]
    assert fonts
    year_ago = timestampNow() - 365 * 24 * 3600
    for font in fonts:
        assert font["head"].modified < year_ago
