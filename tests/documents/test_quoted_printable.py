"""Quoted-printable in pieces: what is read back, and the rules that each line keeps."""

from email import message_from_bytes, policy

from hypothesis import example, given
from hypothesis import strategies as st

from advocacy.documents.email.quoted_printable import part_of_line, quoted_printable, whole_lines

HEAD = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r")
    | st.sampled_from(list("\n .=\tFrom é日")),
    max_size=200,
) | st.lists(
    st.sampled_from(["From ", "From x", ".", "=", "a" * 75, "a" * 76, " ", "\n", "é" * 30])
).map("".join)


def plainly_encoded(text: str) -> bytes:
    """The reference: every byte but a letter or a figure as its code, 25 of them a line."""
    codes = [
        bytes([byte]) if chr(byte).isascii() and chr(byte).isalnum() else b"=%02X" % byte
        for byte in text.encode()
    ]
    lines = [b"".join(codes[at : at + 25]) for at in range(0, len(codes), 25)]
    return b"=\r\n".join(lines)


def read(data: bytes) -> str:
    message = message_from_bytes(HEAD + b"\r\n" + data, policy=policy.SMTP)
    content = message.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode().replace("\r\n", "\n")


def assert_rules(data: bytes) -> None:
    lines = data.split(b"\r\n")
    assert lines.pop() == b"", "it ends with a line break"
    assert data.isascii()
    assert max(map(len, lines), default=0) <= 76
    assert not any(line.startswith(b"From ") or line == b"." for line in lines)
    assert not any(line.endswith((b" ", b"\t")) for line in lines)
    assert not any(b"\r" in line or b"\n" in line for line in lines)


@given(st.lists(TEXT, max_size=6), TEXT)
@example(["a" * 75], "b")
@example(["a" * 76], "From here")
@example(["From " + "a" * 70], "From " + "a" * 71)
@example(["ends with a space ", " ", ""], " begins with one")
@example([".", "."], ".")
@example(["From From " + "a" * 65], "From From " + "a" * 66)
def test_parts_of_lines_are_read_as_one_text(parts: list[str], last: str) -> None:
    data = b"".join(map(part_of_line, parts)) + quoted_printable(last)
    whole = "".join(parts) + last.rstrip("\n") + "\n"
    assert read(data) == read(plainly_encoded(whole)) == whole
    assert_rules(data)


@given(st.lists(TEXT, min_size=1, max_size=6))
def test_whole_lines_are_the_same_together_as_one_by_one(texts: list[str]) -> None:
    data = b"".join(map(whole_lines, texts))
    assert data == whole_lines("\n".join(texts))
    assert read(data) == "".join(f"{text}\n" for text in texts)
    assert_rules(data)


def test_every_line_break_becomes_that_of_mail() -> None:
    assert quoted_printable("a\rb\r\nc\nd\n\n") == b"a\r\nb\r\nc\r\nd\r\n"
    assert part_of_line("a\rb\r\nc") == b"a\r\nb\r\nc=\r\n"


def test_an_empty_part_is_nothing() -> None:
    assert part_of_line("") == b""
