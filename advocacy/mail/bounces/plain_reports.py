"""Read reports that are not of RFC 3464: of Exim, qmail, Gmail, Exchange, Yahoo, Notes and others.

Such a report is a text for people. It is known by who sends it and by its subject, and where
those say nothing by `flufl.bounce`, the reader that Mailman uses. What it says of an address is
judged like the words of any server (`severity.py`). Whose letter it answers it never says by
itself: that is for the signed mark of the letter.
"""

import codecs
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32
from functools import cache
from itertools import islice

from advocacy.files.characters import BAD_CHARACTERS
from advocacy.files.html_reader import HtmlReader
from advocacy.mail.bounces.severity import Severity, judge_report, severity, status_of
from advocacy.mail.consent.addresses import ADDRESS, address_key
from advocacy.resources import read_table

MOST_TEXT = 20_000
"""Characters of a report that are read; the report comes before the returned message."""
MOST_BYTES = 65_536
"""The part of a message that the third-party patterns search."""
_OTHER_REPORTS = ("disposition-notification", "feedback-report")
"""Reports of what a person did with a message: that they read it, or did not want it."""
_NOBODY: frozenset[str] = frozenset()
_HEADER = re.compile(
    r">? ?(?:Return-Path|Received|From|Message-ID|Date|To|Subject|X-[\w-]+|DKIM-Signature|"
    r"Delivered-To):",
    re.IGNORECASE,
)
_AS_HEADERS = 3
"""The number of consecutive header-like lines that start a returned message."""
_LINE = 200


MOST_OF_HEADER = 10_000
"""So many characters of a header field are read: the time to parse one grows with their square."""
_OF_DOMAINS = ("idna", "punycode")
"""Encodings of names of domains. Decoding takes a time that grows with the square of the length."""


class _ShortHeaders(Compat32):
    """The standard parser's policy, by which no header field is longer than needed."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MOST_OF_HEADER]


MOST_DASHES = 5000
"""The number of lines that begin with `--`: each may begin a part, which takes time and memory."""
_DASHES = re.compile(rb"^--", re.MULTILINE)


def parse_message(data: bytes) -> Message:
    """A stranger's message, its header fields and its parts cut. May raise any exception."""
    last = next(islice(_DASHES.finditer(data), MOST_DASHES, None), None)
    data = data[: last.start()] if last else data
    return message_from_bytes(data, policy=_ShortHeaders())


@dataclass(frozen=True, slots=True)
class Failure:
    """What a report says of one recipient."""

    severity: Severity
    status: str
    words: str
    recipients: tuple[str, ...]
    """Keys of the addresses that it names: the last one, and the original recipient."""


@cache
def report_mark(name: str) -> re.Pattern[str]:
    """What finds a mark of the table, whatever the case."""
    marks = read_table("mail/bounces/report_marks.toml")
    return re.compile(marks[name], re.IGNORECASE)


def is_report(message: Message, subject: str) -> bool:
    """Whether a mail server reports with it, by its headers; an absent person's answer is none."""
    kind = str(message.get_param("report-type", "")).lower()
    is_whole = message.get_content_type() == "multipart/report"
    if message.get("X-Failed-Recipients") or (is_whole and kind not in _OTHER_REPORTS):
        return True
    returns_to = str(message.get("Return-Path", "")).strip()
    if returns_to == "<>" and report_mark("subject").search(subject):
        return True
    who = f"{message.get('From', '')} {message.get('Sender', '')}"[:500]
    return report_mark("from").search(who) is not None


def report_text(parts: list[Message]) -> str:
    """What a report says to people, without the message that it returns."""
    texts = [text for part in parts if (text := _text_of(part))]
    if not texts:  # its parts are not told apart as RFC 2046 has it
        texts = [_decoded(part) for part in parts if isinstance(part.get_payload(), str)]
    return cut_returned("\n".join(texts)[: 4 * MOST_TEXT])[:MOST_TEXT]


def cut_returned(text: str) -> str:
    """A report's text up to where the message that it returns begins."""
    lines = text.splitlines()
    headers = 0
    for number, line in enumerate(lines):
        if _HEADER.match(line):
            headers += 1
        elif not (headers and line[:1] in (" ", "\t") and line.strip()):
            headers = 0
        begins = report_mark("returned").match(line.lstrip(" \t>-_*=")[:_LINE])
        if begins or headers == _AS_HEADERS:
            kept = "\n".join(lines[: number + 1 - max(1, headers)])
            if kept.strip():
                return kept
    return text


def printable(text: str, most: int = 160) -> str:
    """A stranger's words as they may be printed and kept: one line, without odd characters."""
    return BAD_CHARACTERS.sub("\ufffd", " ".join(text.split()))[:most]


def read_report(message: Message, subject: str, text: str, data: bytes) -> list[Failure]:
    """What a report in plain words says, of each address that it names, and last as a whole.

    `data` is the whole message. Nothing where it is no report.
    """
    known = is_report(message, subject)
    passing, lasting = (_NOBODY, _NOBODY) if known else second_reading(data)
    if not (known or passing or lasting):
        return []
    named = dict(passages_by_address(text))
    several = list(named.items()) if len(named) > 1 else []
    whole = _failure(text, tuple(named) if len(named) == 1 else ())
    if whole.severity is Severity.UNKNOWN:  # a subject may repeat our own, so it counts last
        whole = replace(_failure(subject, whole.recipients), words=whole.words)
    if whole.severity is Severity.UNKNOWN:
        passing, lasting = second_reading(data) if known else (passing, lasting)
        # That it failed is all that is known: no reason to think that nobody is there.
        how = Severity.SOFT if lasting else Severity.DELAYED if passing else Severity.UNKNOWN
        return [replace(whole, severity=how, recipients=tuple(sorted(lasting or passing)))]
    return [*(_failure(words, (key,)) for key, words in several), whole]


def _failure(text: str, recipients: tuple[str, ...]) -> Failure:
    told = judge_report(text)
    status = status_of("", text)
    if told is not None:
        how = told.severity
    elif not status:
        how = Severity.UNKNOWN
    else:
        how = severity("" if status.startswith("2") else "failed", status, "")
    return Failure(how, status, printable(told.words if told else text), recipients)


def passages_by_address(text: str) -> Iterator[tuple[str, str]]:
    """Each address that begins a passage of the text, with the lines up to the next one."""
    words: dict[str, list[str]] = {}
    current = ""
    for line in text.splitlines():
        addresses = [address_key(one) for one in ADDRESS.findall(line)]
        if addresses:
            current = addresses[0]
        if current:
            words.setdefault(current, []).append(line)
    for key, lines in words.items():
        yield key, "\n".join(lines)


def _text_of(part: Message) -> str:
    kind = part.get_content_type()
    if part.get_content_maintype() != "text" or kind.endswith("rfc822-headers"):
        return ""
    text = _decoded(part)
    return _plain(text[: 8 * MOST_TEXT]) if kind == "text/html" else text


def _decoded(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    try:
        charset = codecs.lookup(part.get_content_charset("utf-8")).name
        return data.decode("utf-8" if charset in _OF_DOMAINS else charset, "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


class _Words(HtmlReader):
    """The words of a page, without its styles and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self._hidden += tag in ("style", "script", "head")
        if tag in ("br", "p", "div", "tr", "li", "td", "h1", "h2", "h3"):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in ("style", "script", "head")))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _plain(page: str) -> str:
    reader = _Words()
    reader.feed(page)
    return "".join(reader.words)


def second_reading(data: bytes) -> tuple[frozenset[str], frozenset[str]]:
    """Keys of the addresses that `flufl.bounce` finds: those that fail for now, and for good."""
    from flufl.bounce import all_failures

    # It logs each exception of its own detectors, which is then printed, and raises it.
    logging.getLogger("flufl.bounce").disabled = True
    try:
        passing, lasting = all_failures(parse_message(data[:MOST_BYTES]))
    except Exception:  # noqa: BLE001 - as odd as the message
        return _NOBODY, _NOBODY
    return _keys(passing), _keys(lasting)


def _keys(addresses: frozenset[bytes]) -> frozenset[str]:
    return frozenset(address_key(one.decode("utf-8", "replace")) for one in addresses)
