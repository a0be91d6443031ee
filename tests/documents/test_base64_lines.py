"""What is encoded once for many attachments is encoded as each would be alone."""

import base64

from hypothesis import example, given
from hypothesis import strategies as st

from advocacy.documents.email.base64_lines import SHORTEST, SharedHeads, base64_lines, common_length


def alone(data: bytes) -> bytes:
    """As the standard library encodes it."""
    return base64.encodebytes(data).strip().replace(b"\n", b"\r\n")


@given(st.binary(max_size=400))
def test_lines_are_those_of_the_standard_library(data: bytes) -> None:
    assert base64_lines(data) == alone(data)


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 200), st.binary(max_size=200)), max_size=12
    )
)
@example([(0, 0, b""), (0, 1, b""), (0, 0, b"")])
def test_attachments_that_begin_alike_are_encoded_as_each_alone(
    parts: list[tuple[int, int, bytes]],
) -> None:
    shared = SharedHeads()
    for kind, more, end in parts:
        data = bytes([kind]) * (SHORTEST + more) + end
        assert shared.encode(data) == alone(data)


@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60))
def test_a_common_beginning_is_as_long_as_it_is(head: bytes, one: bytes, other: bytes) -> None:
    found = common_length(head + one, head + other)
    assert (head + one)[:found] == (head + other)[:found]
    assert found >= len(head)
    assert (head + one)[found : found + 1] != (head + other)[found : found + 1] or found == min(
        len(head + one), len(head + other)
    )
