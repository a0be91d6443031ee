"""Reading XML files that legislatures publish, and refusing what XML can do to a reader.

Entities can expand a small file to gigabytes, or read other files. No file that is read here
defines any, so a file that does is refused. The outer definition of a document type (the House
Clerk's votes name one) is never fetched.
"""

from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from advocacy.errors import AdvocacyError, Place, Problem
from advocacy.files.text import open_binary

LARGEST_XML = 50_000_000  # bytes
DEEPEST_XML = 100  # elements inside each other


def read_xml(path: Path) -> Element:
    """Read an XML file and return its root element.

    Raises AdvocacyError for a file that cannot be read, is larger than 50 MB, is not well-formed
    XML, nests elements more than 100 deep, or defines entities.
    """
    with open_binary(path) as file:
        data = file.read(LARGEST_XML + 1)
    if len(data) > LARGEST_XML:
        raise AdvocacyError(
            Problem(
                "file-too-large",
                f"The file is larger than {LARGEST_XML // 1_000_000} MB.",
                "Check that it is the right file.",
                Place(path),
            )
        )
    return parse_xml(data, path)


def parse_xml(data: bytes, path: Path) -> Element:
    """Parse XML in memory; `path` is what places name. Raises as `read_xml` does."""
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST_XML:
            raise AdvocacyError(_refused(path, parser, "nests elements too deeply"))
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse_entity(*_definition: object) -> int:
        raise AdvocacyError(_refused(path, parser, "defines an XML entity"))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = refuse_entity
    parser.ExternalEntityRefHandler = refuse_entity
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        place = Place(path, error.lineno, error.offset + 1)
        message = f"The file is not well-formed XML: {expat.errors.messages[error.code]}."
        hint = "Download the file again. It may be cut off, or a web page saved in its place."
        raise AdvocacyError(Problem("broken-xml", message, hint, place)) from None
    return builder.close()


def _refused(path: Path, parser: "expat.XMLParserType", how: str) -> Problem:
    return Problem(
        "unsafe-xml",
        f"The file {how}. Files that legislatures publish do not do that.",
        "Download the file again from its publisher.",
        Place(path, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1),
    )
