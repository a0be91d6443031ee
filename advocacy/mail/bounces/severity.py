"""How bad a bounce is, by the server's words, and by its status code where they say nothing.

**Hard** says that nobody can be reached at the address: it does not exist, is disabled, or its
domain takes no mail. Only that suppresses. **Soft** is everything else that failed:

- 4.x.x, also when the server gave up after days of trying;
- a full mailbox: the person is there, and empties it one day;
- the server refused the message, its sender or its size, which says nothing about the address. To
  suppress on a policy refusal would empty a list in a day when a receiver blocks the sender.

Servers give wrong codes: `5.1.1` with “over quota”, `5.0.0` with “no such user”. So the words of
`bounce_words.toml` decide first, then the status code (RFC 3463, and the IANA registry).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from advocacy.mail.consent.addresses import ADDRESS
from advocacy.resources import read_table

_TABLE = "mail/bounces/bounce_words.toml"
MOST_WORDS = 8000
"""The number of characters of a server's reply that are classified."""
# Not a part of an IP address or of a version, such as 5.1.2.3.
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_REPLY = re.compile(r"(?<![\d.])([45])[0-5]\d(?=[ :,-]|$)")
_ADDRESSED = re.compile(r"\s*<?\S{1,64}@")
_LONGEST = 400
_MOST_PASSAGES = 20
_BEFORE, _AFTER = 60, 90
_SPACES = re.compile(r"\s+")


class Severity(StrEnum):
    """What a report says of one recipient."""

    HARD = "hard"
    SOFT = "soft"
    DELAYED = "delayed"
    """Not failed yet: the server is still trying. Not counted."""
    FINE = "fine"
    """Delivered, relayed or expanded: not a bounce."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class BounceRule:
    """A row of the table: what a server's words mean, with two samples of them."""

    server: str
    words: str
    verdict: str
    example: str
    other: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """What finds the words, whatever the case."""
        return re.compile(self.words, re.IGNORECASE)


@cache
def bounce_rules() -> tuple[BounceRule, ...]:
    """All rules, in the order in which they are asked."""
    return tuple(BounceRule(**rule) for rule in read_table(_TABLE)["rule"])


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Severity], ...]:
    return tuple((rule.pattern, Severity(rule.verdict)) for rule in bounce_rules())


@cache
def _hard_codes() -> frozenset[str]:
    return frozenset(read_table(_TABLE)["hard_codes"])


@dataclass(frozen=True, slots=True)
class BounceVerdict:
    """What words mean, and the sentence or line in which they stand."""

    severity: Severity
    words: str


def judge_words(text: str) -> BounceVerdict | None:
    """What a server's words say; None where the table has none of them."""
    plain = _SPACES.sub(" ", ADDRESS.sub("<>", text[:MOST_WORDS]))
    words = plain.replace("_", " ")
    for pattern, verdict in _patterns():
        if found := pattern.search(words):
            start = max(0, found.start() - _BEFORE)
            return BounceVerdict(verdict, plain[start : found.end() + _AFTER].strip())
    return None


def judge_report(text: str) -> BounceVerdict | None:
    """What a report says to people: its passages that begin with a server's reply count first.

    What surrounds those is said in general, and names causes that are not this one's.
    """
    text = text[:MOST_WORDS]
    return next(filter(None, map(judge_words, [*_passages(text), text])), None)


def _passages(text: str) -> list[str]:
    """What begins with a server's reply, up to an empty line, an address, or the next reply."""
    passages: list[list[str]] = []
    is_open = False
    for line in text.splitlines():
        reply = _REPLY.search(line) or _STATUS.search(line)
        if reply:
            passages.append([line[reply.start() :]])
        elif is_open and line.strip() and not _ADDRESSED.match(line):
            passages[-1].append(line)
            continue
        is_open = reply is not None
    return [" ".join(lines)[:_LONGEST] for lines in passages[:_MOST_PASSAGES]]


def status_of(status: str, words: str) -> str:
    """The status code `5.1.1`: the field's, or a more telling one in the server's own words."""
    field = _STATUS.search(status[:100])
    own = field[1] if field else ""
    for told in _STATUS.findall(words[:MOST_WORDS]):
        if (not own or own.endswith(".0.0")) and told[0] == (own[:1] or told[0]):
            return str(told)
    if not own and (code := _REPLY.search(words[:MOST_WORDS])):
        return f"{code[1]}.0.0"
    return own


def severity(action: str, status: str, words: str, more: str = "") -> Severity:
    """How bad it is.

    `action`, `status` and `words` are fields of RFC 3464 (2.3.3, 2.3.4, 2.3.6); `more` is what the
    report says to people, which counts where neither the server's words nor its code say enough.
    """
    done = action.strip().lower().partition(" ")[0]
    code = status_of(status, words)
    if done in ("delivered", "relayed", "expanded") or (code[:1] == "2" and done != "failed"):
        return Severity.FINE
    if done == "delayed":
        return Severity.DELAYED
    if done != "failed" or code[:1] not in ("4", "5"):
        return Severity.UNKNOWN
    told = judge_words(words)
    if code[:1] == "4" and not (told and told.severity is Severity.HARD and code[:4] == "4.1."):
        return Severity.SOFT
    if told is not None and told.severity is not Severity.DELAYED:
        return told.severity
    if code in _hard_codes():
        return Severity.HARD
    told = judge_report(more)
    return Severity.HARD if told and told.severity is Severity.HARD else Severity.SOFT
