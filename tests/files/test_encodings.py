"""What one may rely on in lists that are not UTF-8: they are read where their encoding is sure."""

import io
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from advocacy.files.encodings import UTF_8, encoding_of


def found(data: bytes) -> str:
    file = io.BufferedReader(io.BytesIO(data))
    name = encoding_of(file).name
    assert file.read() == data, "the file is left at its beginning"
    return name


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        ("name;city\nJürgen Weiß;Köln\n", "utf-16", "UTF-16"),
        ("name\tcity\nJürgen Weiß\tKöln\n", "utf-8-sig", "UTF-8"),
        ("Name;Straße\nUwe Müller;Weg 1\n", "cp1252", "Windows-1252"),
        ("Prénom;Nom\nHélène;François\n", "cp1252", "Windows-1252"),
        ("name\nJosé Muñoz Peña\n", "cp1252", "Windows-1252"),
        ("name\nSinéad O’Brien – clerk; 50 €\n", "cp1252", "Windows-1252"),
        ("name\nMª José García, 1º\n", "cp1252", "Windows-1252"),
        ("name\nŁukasz Wójcik\n", "cp1250", "Windows-1250"),
        ("name\nŞahin Gül Işık\n", "cp1254", "Windows-1254"),
        ("name\nΜαρία Παπαδοπούλου\n", "cp1253", "Windows-1253"),
        ("name\nUwe Müller, Straße, Größe\n", "mac_roman", "Mac OS Roman"),
    ],
)
def test_an_encoding_is_known_where_its_letters_leave_no_doubt(
    text: str, codec: str, name: str
) -> None:
    data = text.encode(codec)
    if codec == "utf-16":
        assert found(b"\xfe\xff" + text.encode("utf-16-be")) == name
        assert found(text.encode("utf-16-le")) == name
        assert found(text.encode("utf-16-be")) == name
    assert found(data) == name


@pytest.mark.parametrize(
    "data",
    [
        "Dvořák\n".encode("cp1250"),  # or a Danish Dvoøák
        "Hélène\n".encode("cp1252"),  # or a Czech Hélčne
        "François\n".encode("mac_roman"),
        "Zoë\nŁukasz\n".encode() + "Jürgen\n".encode("cp1252"),  # UTF-8 with a row from elsewhere
        b"name\nJ\xfcrgen\0\n",
        "name\nJürgen\n".encode("utf-16")[:-1],  # cut off
        "name\nJürgen\n".encode("utf-32"),
        "name\nJürgen\n".encode("utf-32-le"),
        "name\nJürgen\n".encode("utf-16-le")[:-1],
        b"name\n\xff\xfd\x81\n",
    ],
)
def test_what_is_in_doubt_is_left_to_be_told(data: bytes) -> None:
    assert found(data) == UTF_8.name


@given(st.binary(max_size=60))
@example(b"\xff\xfe")
@example(b"")
def test_any_bytes_have_an_encoding_that_can_be_read(data: bytes) -> None:
    assert found(data)


def test_a_long_list_is_looked_at_piece_by_piece(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("name\n".encode("cp1252") + "Uwe Müller\n".encode("cp1252") * 200_000)
    with path.open("rb") as file:
        assert encoding_of(file).name == "Windows-1252"


def test_a_word_of_a_megabyte_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"name\n" + b"a" * 1_000_000 + "\nUwe Müller\n".encode("cp1252"))
    with path.open("rb") as file:
        assert encoding_of(file).name == "Windows-1252"
