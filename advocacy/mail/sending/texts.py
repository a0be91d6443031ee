"""The text of a mailing: the same for the first half as for the second."""

from dataclasses import dataclass
from difflib import unified_diff

from advocacy.errors import Problem
from advocacy.letters.approvals import changes_between
from advocacy.mail.ledger import Text

CONTEXT = 1
MOST_LINES = 60


@dataclass(frozen=True, slots=True)
class TextChange:
    """That those who are left would get another text: what differs, and the lines that do."""

    changes: tuple[str, ...]
    lines: tuple[str, ...]

    def problem(self, sent: int) -> Problem:
        """That the mailing stops for it, after so many were sent."""
        what = "; ".join(self.changes)
        got = "1 message has" if sent == 1 else f"{sent:,} messages have"
        return Problem(
            "text-changed",
            f"{got} gone out with another text than would go now: {what}.",
            "If the new text is right, approve it, then go on with `--new-text`. Otherwise put "
            "the old one back.",
        )


def text_change(before: Text, now: Text) -> TextChange | None:
    """How the text differs from what the mailing's first got, or None where it does not."""
    changes = tuple(changes_between(before.parts, now.parts))
    if not changes:
        return None
    diff = unified_diff(before.sample.splitlines(), now.sample.splitlines(), n=CONTEXT, lineterm="")
    lines = [line for line in diff if not line.startswith(("---", "+++"))]
    shown = lines[:MOST_LINES]
    if len(lines) > MOST_LINES:
        shown.append(f"… and {len(lines) - MOST_LINES} more lines")
    return TextChange(changes, tuple(shown))
