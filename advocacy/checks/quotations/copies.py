"""Compare the quotes of facts with kept copies of their sources.

A kept copy is `<source id>.txt`, `.html` or `.pdf` in the campaign's folder `copies:`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.checks.codes import problem
from advocacy.checks.quotations.verbatim import (
    find_nearest_passage,
    is_verbatim,
    normalize_text,
)
from advocacy.errors import Problem, count_noun
from advocacy.letters.letter import CitedFact

ENDINGS = (".txt", ".html", ".htm", ".pdf")
BYTES_AT_MOST = 50_000_000


class UnreadableCopyError(Exception):
    """A copy has no text that could be compared."""


@dataclass(slots=True)
class KeptCopies:
    """A folder of kept copies; each file is read once."""

    folder: Path
    files: dict[str, Path] = field(default_factory=dict)
    _texts: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> "KeptCopies":
        """The copies in a folder; files that a link brings in from elsewhere are left out."""
        found = cls(folder)
        root = folder.resolve()
        for path in sorted(folder.iterdir(), key=lambda p: (ENDINGS.index(p.suffix.lower())
                           if p.suffix.lower() in ENDINGS else 9, p.name)):  # fmt: skip
            known = path.suffix.lower() in ENDINGS and path.is_file()
            if known and path.resolve().is_relative_to(root):
                found.files.setdefault(path.name[: -len(path.suffix)], path)
        return found

    def texts(self, source: str) -> tuple[str, ...]:
        """Read a source's copy, as `normalize_text` makes it; twice if its lines break words.

        Raises UnreadableCopyError.
        """
        if source not in self._texts:
            self._texts[source] = _readings(self.files[source])
        return self._texts[source]

    def has(self, source: str, quote: str) -> bool:
        """Whether a source has a copy that can be read and holds the quote."""
        try:
            return source in self.files and any(is_verbatim(quote, t) for t in self.texts(source))
        except UnreadableCopyError:
            return False


def _readings(path: Path) -> tuple[str, ...]:
    if path.stat().st_size > BYTES_AT_MOST:
        raise UnreadableCopyError("it is larger than 50 MB")
    if path.suffix.lower() == ".pdf":
        return _pdf(path)
    data = path.read_bytes()
    if b"\0" in data[:10_000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableCopyError("it is no text")
    text = _decoded(data)
    if path.suffix.lower() in (".html", ".htm"):
        parser = _Text()
        parser.feed(text)
        parser.close()
        text = "".join(parser.parts)
    if not text.strip():
        raise UnreadableCopyError("it has no text")
    return (normalize_text(text),)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _pdf(path: Path) -> tuple[str, ...]:
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as document:
            pages = []
            for number in range(len(document)):
                textpage = document[number].get_textpage()
                pages.append(textpage.get_text_bounded())
                textpage.close()
    except pypdfium2.PdfiumError as error:
        raise UnreadableCopyError(f"it is no PDF that can be opened ({error})") from error
    text = "\n".join(pages).replace("\r\n", "\n").replace("\x02", "-").replace("\ufffe", "-\n")
    text = text.replace("\u2010", "-")
    if not text.strip():
        raise UnreadableCopyError("its pages are pictures without text")
    # A hyphen at a line's end may be the word's own or the printer's: both readings count.
    return tuple(dict.fromkeys(normalize_text(text.replace("-\n", join)) for join in ("", "-")))


class _Text(HTMLParser):
    """The words of a page: no scripts, a line for each block."""

    _SILENT = frozenset({"script", "style", "noscript", "template", "svg", "iframe"})
    _INLINE = frozenset(
        "a abbr b bdi bdo cite code dfn em font i ins kbd mark q s small span strong sub sup u "
        "time var wbr".split()
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        """Begin a line, or a part that has no words."""
        self._silent += tag in self._SILENT
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        self._silent = max(0, self._silent - (tag in self._SILENT))
        self._break(tag)

    def handle_data(self, data: str) -> None:
        """Keep words."""
        if not self._silent:
            self.parts.append(data)

    def _break(self, tag: str) -> None:
        if tag not in self._INLINE:
            self.parts.append("\n")


def check_copies(
    campaign: Campaign,
    cited: Sequence[CitedFact],
    folder: Path | None = None,
    *,
    others: bool = True,
) -> Iterator[Problem]:
    """Report cited facts whose quote is not in the kept copy, and those without a copy.

    `folder` overrides the campaign's `copies:`. Of the `others`, the facts that no letter cites,
    those are judged that have a copy.
    """
    quoting = [one for one in cited if one.fact.quote]
    where = folder or _own_folder(campaign)
    if where is None or not where.is_dir():
        if quoting:
            yield _no_folder(campaign, where, len(quoting))
        return
    copies = KeptCopies.of(where)
    missing: dict[str, list[CitedFact]] = {}
    reported: set[str] = set()
    for one in quoting:
        source = _read_in(one, copies)
        if source in copies.files:
            yield from _compared(one, source, copies, reported)
        elif not one.source.accessed and (elsewhere := _elsewhere(one, copies)) is not None:
            yield _without_via(one, elsewhere)  # nobody says to have read it at its own address
        else:
            missing.setdefault(source, []).append(one)
    for source, facts in missing.items():
        yield _no_copy(source, facts)
    if others:
        yield from _not_cited(campaign, {one.id for one in cited}, copies, reported)


def _own_folder(campaign: Campaign) -> Path | None:
    name = campaign.file.copies
    folder = campaign.workspace.folder / name if name else None
    return folder if folder is not None and campaign.workspace.contains(folder) else None


def _read_in(one: CitedFact, copies: KeptCopies) -> str:
    """The source whose copy counts: the one it was read in, unless only the other has a copy."""
    if one.via is not None and (one.via.id in copies.files or one.source.id not in copies.files):
        return one.via.id
    return one.source.id


def _compared(
    one: CitedFact, source: str, copies: KeptCopies, reported: set[str]
) -> Iterator[Problem]:
    quote, path = one.fact.quote or "", copies.files[source]
    try:
        texts = copies.texts(source)
    except UnreadableCopyError as error:
        if source not in reported:
            reported.add(source)
            yield problem(
                "copy-not-readable",
                f"The kept copy {path.name} cannot be compared: {error}.",
                "Save the page again as text (.txt), HTML or PDF.",
                one.source.place(),
            )
        return
    if any(is_verbatim(quote, text) for text in texts):
        return
    elsewhere = _elsewhere(one, copies)
    if one.via is None and elsewhere is not None:
        yield _without_via(one, elsewhere)
        return
    near = find_nearest_passage(quote, texts[0])
    if near:
        says = f"The nearest passage is “{near.passage}”."
        says += f" Different: {near.differences}." if near.differences else ""
        hint = "Correct the quote after the copy; mark what you leave out by …"
    else:
        says = "Nothing in the copy comes near to it."
        hint = "Look whether it is the right source, and whether the copy is complete."
    yield problem(
        "quote-not-in-copy",
        f"The quote of `{one.id}` is not in {path.name}, the kept copy of `{source}`. {says}",
        hint,
        one.fact.place("quote"),
    )


def _elsewhere(one: CitedFact, copies: KeptCopies) -> str | None:
    """Another source whose copy has the quote."""
    own = {one.source.id, one.via.id if one.via else ""}
    quote = one.fact.quote or ""
    others = (source for source in copies.files if source not in own)
    return next((source for source in others if copies.has(source, quote)), None)


def _without_via(one: CitedFact, elsewhere: str) -> Problem:
    return problem(
        "quote-without-via",
        f"The quote of `{one.id}` is in the kept copy of `{elsewhere}`, not in one of "
        f"`{one.source.id}`: it seems to have been read there.",
        f"If it was, write `via: {elsewhere}`; else keep a copy of `{one.source.id}` that has it.",
        one.fact.place("quote"),
    )


def _no_folder(campaign: Campaign, where: Path | None, count: int) -> Problem:
    if campaign.file.copies and where is None:
        why = f"`{campaign.file.copies}` lies outside the campaign's folder"
    elif where is not None:
        why = f"there is no folder {where.name}"
    else:
        why = "the campaign names no folder of copies"
    quotes = count_noun(count, "quote was", "quotes were")
    return problem(
        "no-copy",
        f"{quotes} not compared with kept copies of sources: {why}.",
        "Save each source as `<source id>.txt`, `.html` or `.pdf` in a folder, and name it in "
        "`copies:` or by `--copies`.",
        campaign.file.place("copies"),
    )


def _no_copy(source: str, facts: Sequence[CitedFact]) -> Problem:
    names = ", ".join(f"`{one.id}`" for one in facts)
    record = next((s for one in facts for s in (one.source, one.via) if s and s.id == source), None)
    return problem(
        "no-copy",
        f"There is no kept copy of `{source}` to compare the quote of {names} with.",
        f"Save it as `{source}.txt`, `.html` or `.pdf` in the folder of copies.",
        record.place() if record else None,
    )


def _not_cited(
    campaign: Campaign, cited: set[str], copies: KeptCopies, reported: set[str]
) -> Iterator[Problem]:
    for name, fact in campaign.facts.items():
        source = campaign.sources.get(fact.source)
        if name in cited or not fact.quote or source is None:
            continue
        one = CitedFact(name, fact, source, campaign.sources.get(fact.via) if fact.via else None)
        where = _read_in(one, copies)
        if where in copies.files:
            yield from _compared(one, where, copies, reported)
