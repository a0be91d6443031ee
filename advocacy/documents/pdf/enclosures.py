"""Append enclosed PDFs to a letter's own, each with a bookmark.

The pages are copied as they are. Their tags are not joined with the letter's, so a PDF with
enclosures does not claim to be PDF/UA: its note says so.
"""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from advocacy.documents.pdf.pages import Pdf
from advocacy.errors import Level, Problem
from advocacy.files.enclosed_pdf import EnclosedFile, open_enclosure, read_enclosure
from advocacy.files.workspace import Workspace

_UA = "{http://www.aiim.org/pdfua/ns/id/}part"


def append_enclosures(pdf: Pdf, enclosed: Sequence[EnclosedFile], workspace: Workspace) -> Pdf:
    """The letter with the pages of its enclosures behind its own: the same bytes each time.

    Raises AdvocacyError where an enclosure has changed since the letter was composed.
    """
    import pikepdf

    with pikepdf.Pdf.open(BytesIO(pdf.data)) as whole:
        whole.remove_unreferenced_resources()
        begin = len(whole.pages)
        starts: list[tuple[str, int]] = []
        for one in enclosed:
            starts.append((one.title, len(whole.pages)))
            whole.pages.extend(open_enclosure(read_enclosure(one, workspace)).pages)
        for page in list(whole.pages)[begin:]:
            _detach(page.obj)
        with whole.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(title, at) for title, at in starts)
        with whole.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            if _UA in metadata:
                del metadata[_UA]
        data = BytesIO()
        whole.save(data, deterministic_id=True, linearize=False)
        pages = len(whole.pages)
    names = ", ".join(f"`{one.name}`" for one in enclosed)
    note = Problem(
        "enclosure-without-tags",
        f"The tags of {names} are not copied, so the PDF does not claim to be PDF/UA. Screen "
        "readers read the letter, and may not read the enclosed pages.",
        "Send the files themselves to readers who need the tags.",
        None,
        Level.NOTE,
    )
    problems = (*pdf.problems, note)
    return replace(pdf, data=data.getvalue(), pages=pages, problems=problems, digest=None)


def _detach(page: Any) -> None:
    """Take off a page what belongs to the document that it comes from, or acts by itself."""
    import pikepdf

    for key in ("/StructParents", "/AA", "/B", "/Tabs"):
        if key in page:
            del page[key]
    links = [one for one in page.get("/Annots", ()) if one.get("/A", {}).get("/S") == "/URI"]
    for one in links:
        if "/StructParent" in one:
            del one["/StructParent"]
    # A link within the enclosure would lead nowhere; forms and notes are not printed.
    if "/Annots" in page:
        page["/Annots"] = pikepdf.Array(links)
