"""A file of comments as a reader saves it, on the letter of the small campaign."""

from typing import Any

SENTENCE = "We ask you to keep the park open in the evening."
FIRST = f"{1:032x}"
"""The id of a file's first comment."""
LETTER = {
    "stage": "call",
    "to": "doe",
    "name": "Jane Doe",
    "language": "en-US",
    "wording": {},
    "day": "2026-03-02",
}


def comments_file(*changes: dict[str, Any], campaign: str = "parks") -> dict[str, Any]:
    """The content of a file with a comment for each change of this one, numbered by their ids."""
    one = {
        "letter": LETTER,
        "sentence": SENTENCE,
        "by": "Ann Lee",
        "when": "2026-03-02T10:00:00.123Z",
        "text": "Until when?",
    }
    said = [{"id": f"{n:032x}"} | one | change for n, change in enumerate(changes or ({},), 1)]
    return {"format": "advocacy-comments", "campaign": campaign, "comments": said}
