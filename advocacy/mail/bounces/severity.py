"""How bad a bounce is, by its status code (RFC 3463, and the IANA registry of its codes).

**Hard** says that nobody can be reached at the address: it does not exist, is disabled, or its
domain takes no mail. Only that suppresses. **Soft** is everything else that failed:

- 4.x.x, also when the server gave up after days of trying;
- 5.2.2, mailbox full: the person is there, and empties it one day;
- 5.7.x, 5.6.x, 5.3.x, 5.5.x: the server refused the message, its sender or its size, which says
  nothing about the address. To suppress on a policy refusal would empty a list in a day when
  a receiver blocks the sender.

Some servers answer an unknown mailbox with a general code (5.0.0, 5.4.1, 5.5.0, 5.7.1), so for
those the words decide, where they are plain.
"""

import re
from enum import StrEnum

from advocacy.mail import SERVER_WORDS, server_words
from advocacy.resources import read_table

_HARD = frozenset(read_table(SERVER_WORDS)["hard_codes"])
_BY_WORDS = re.compile(r"5\.(0\.0|1\.0|2\.0|4\.1|5\.0|5\.1|7\.1)")
_UNKNOWN = server_words("unknown_mailbox")
_POLICY = server_words("policy")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


class Severity(StrEnum):
    """What a delivery status notification says of one recipient."""

    HARD = "hard"
    SOFT = "soft"
    DELAYED = "delayed"
    """Not failed yet: the server is still trying. Not counted."""
    FINE = "fine"
    """Delivered, relayed or expanded: not a bounce."""
    UNKNOWN = "unknown"


def status_of(status: str, diagnostic: str) -> str:
    """The status code `5.1.1`: the field's, or a more telling one in the server's own words."""
    field = _STATUS.search(status[:100])
    words = _STATUS.search(diagnostic[:500])
    own = field[1] if field else ""
    if words and (not own or own.endswith((".0.0",))) and words[1][0] == (own[:1] or words[1][0]):
        return words[1]
    if not own and (code := re.search(r"\b([45])\d\d\b", diagnostic[:100])):
        return f"{code[1]}.0.0"
    return own


def severity(action: str, status: str, diagnostic: str) -> Severity:
    """How bad it is; the three are fields of RFC 3464 (2.3.3, 2.3.4, 2.3.6)."""
    done = action.strip().lower().partition(" ")[0]
    code = status_of(status, diagnostic)
    if done in ("delivered", "relayed", "expanded") or (code[:1] == "2" and done != "failed"):
        return Severity.FINE
    if done == "delayed":
        return Severity.DELAYED
    if done != "failed" or code[:1] not in ("4", "5"):
        return Severity.UNKNOWN
    if code in _HARD:
        return Severity.HARD
    plain = " ".join(diagnostic[:1000].split())
    if _BY_WORDS.fullmatch(code) and _UNKNOWN.search(plain) and not _POLICY.search(plain):
        return Severity.HARD
    return Severity.SOFT
