"""The facts of a campaign as evidence, each read once, with the passages of the kept copies."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from advocacy.campaign.loading import Campaign
from advocacy.campaign.sources import Source
from advocacy.checks.agreement.evidence import Evidence
from advocacy.checks.agreement.reading import Reading, read
from advocacy.checks.language import LANGUAGES, bare, language_of, stop_words
from advocacy.checks.quotations.copies import KeptCopies, UnreadableCopyError, own_folder
from advocacy.letters.letter import CitedFact

LARGEST = 400_000
"""The number of characters of a copy that are searched for a fact's passage."""
MOST = 300
"""Facts that no letter cites are compared only in campaigns with at most this many facts."""
PASSAGE = 2
"""The number of a copy's sentences that are compared with a statement, besides its quotes."""
_SENTENCE = re.compile(
    r"(?<=[^\d\W][.!?])['\"”»“]?\s+(?=[^\W\d_a-zäöüéèàáíóú]|['\"„«“¿¡])"
    r"|(?<=\d{3}[.!?])\s+(?=[A-ZÄÖÜÉÈÀÁ])|(?<=[%)\]][.!?])\s+(?=[A-ZÄÖÜÉÈÀÁ])"
    # The number of a paragraph or page begins a sentence.
    r"|(?<=\w{3}[.!?])['\"”»“]?\s+(?=\[?(?:pp?|S|págs?|[Pp]age|Seite|Página|¶|§+)?\.?\s?\d{1,3}[.)\]:]\]?\s+[\"„«“¿¡]?[A-ZÄÖÜÉÈÀÁ])"
)


@dataclass(slots=True)
class Library:
    """Evidence by fact and language; copies are looked into where there are any."""

    campaign: Campaign
    folder: Path | None = None
    _evidence: dict[tuple[str, str], Evidence | None] = field(default_factory=dict)
    _copies: KeptCopies | None = None
    _sentences: dict[tuple[str, str], list[Reading]] = field(default_factory=dict)
    _statements: dict[str, list[tuple[str, Reading]]] = field(default_factory=dict)
    _stated: dict[str, dict[str, list[Reading]]] = field(default_factory=dict)
    _opened: bool = False

    def of(self, cited: CitedFact, language: str) -> Evidence | None:
        """What a cited fact says, or None in a language whose words are not known."""
        key = (cited.id, language)
        if key not in self._evidence:
            self._evidence[key] = self._made(cited, language)
        return self._evidence[key]

    def all_of(self, facts: Iterable[CitedFact], language: str) -> list[Evidence]:
        """The same of several, each once."""
        found = {one.id: self.of(one, language) for one in facts}
        return [one for one in found.values() if one is not None]

    def statements(self, language: str) -> list[tuple[str, Reading]]:
        """The statements of all facts of the campaign."""
        if language not in self._statements:
            self._statements[language] = [
                (name, reading)
                for name, fact in self.campaign.facts.items()
                if (reading := read(fact.statement.get(language) or "", language))
            ]
        return self._statements[language]

    def uncited(self, cited: Iterable[CitedFact]) -> list[CitedFact]:
        """The facts not cited whose sources have copies, in a campaign of ordinary size."""
        copies = self._opened_copies()
        if copies is None or len(self.campaign.facts) > MOST:
            return []
        known = {one.id for one in cited}
        found = []
        for name, fact in self.campaign.facts.items():
            source = self.campaign.sources.get(fact.source)
            via = self.campaign.sources.get(fact.via) if fact.via else None
            if (
                name not in known
                and source
                and {source.id, via.id if via else ""} & set(copies.files)
            ):
                found.append(CitedFact(name, fact, source, via))
        return found

    def nouns(self, language: str) -> frozenset[str]:
        """The stems of words with a capital in all statements and in the copies read so far."""
        found = language_of(language)
        if found is None:
            return frozenset()
        readings = [reading for _, reading in self.statements(language)]
        readings += [
            r for (_, code), texts in self._sentences.items() if code == language for r in texts
        ]
        return frozenset(
            found.stem(word)[:6]
            for reading in readings
            for word in re.findall(r"\b[A-ZÄÖÜ][\w-]{3,}", reading.text)
            if bare(word) not in found.stop
        )

    def sentences(self, cited: CitedFact, language: str) -> list[Reading]:
        """The sentences of the copy in which a fact was read; none where there is no copy."""
        copies = self._opened_copies()
        if copies is None:
            return []
        source = (cited.via or cited.source).id
        if source not in copies.files:
            source = cited.source.id
        key = (source, language)
        if key not in self._sentences:
            self._sentences[key] = list(_sentences(copies, source, language))
        return self._sentences[key]

    def _opened_copies(self) -> KeptCopies | None:
        if not self._opened:
            self._opened = True
            where = self.folder or own_folder(self.campaign)
            if where is not None and where.is_dir():
                self._copies = KeptCopies.of(where)
        return self._copies

    def _made(self, cited: CitedFact, language: str) -> Evidence | None:
        statement = read(cited.fact.statement.get(language) or "", language)
        if statement is None:
            return None
        quote = _quote(cited, language)
        sentences = self.sentences(cited, language)
        passage = tuple(_passage(statement, quote, sentences)) if sentences else ()
        sources = [source for source in (cited.source, cited.via) if source]
        speaker = cited.fact.speaker
        names = "\n".join(
            filter(
                None,
                (*(_record(source, _WHO) for source in sources), speaker.label if speaker else ""),
            )
        )
        who = "\n".join(filter(None, (_record(source, _AUTHORS) for source in sources)))
        issued = tuple(day for source in sources for day in dict.fromkeys(source.published or ()))
        source = (sentences, self._of_source(cited.source.id, language))
        return Evidence(cited.id, statement, quote, passage, names, who, issued, source)

    def _of_source(self, source: str, language: str) -> Sequence[Reading]:
        """The statements of all facts of a source."""
        if language not in self._stated:
            stated: dict[str, list[Reading]] = defaultdict(list)
            for name, reading in self.statements(language):
                stated[self.campaign.facts[name].source].append(reading)
            self._stated[language] = stated
        return self._stated[language].get(source, ())


def _sentences(copies: KeptCopies, source: str, language: str) -> Iterator[Reading]:
    try:
        texts = copies.texts(source) if source in copies.files else ()
    except UnreadableCopyError:
        return
    for sentence in _SENTENCE.split(texts[0][:LARGEST]) if texts else ():
        reading = read(sentence, language)
        if reading is not None and sentence.strip():
            yield reading


def _passage(
    statement: Reading, quote: Reading | None, sentences: Sequence[Reading]
) -> Iterator[Reading]:
    """The sentences of a copy that a statement rests on, most alike first."""
    stems = statement.stems

    def likeness(one: Reading) -> float:
        if stems.isdisjoint(one.stems):  # as most sentences of a long copy
            return 0.0
        return -len(one.stems & stems) / math.sqrt(4 + len(one.stems))

    ranked = sorted(sentences, key=likeness)
    chosen = [one for one in ranked[:PASSAGE] if len(one.stems & statement.stems) >= 2]
    if quote is not None and quote.stems:
        chosen += [
            one for one in sentences if len(one.stems & quote.stems) >= 0.8 * len(quote.stems)
        ][:1]
    yield from dict.fromkeys(chosen)


def _quote(cited: CitedFact, language: str) -> Reading | None:
    words = cited.fact.quote
    if not words:
        return None
    code = language_of_text(words, cited.source, language)
    if code == language:  # few words tell nothing: those that a statement shares with them do
        code = _language_of_statement(cited, words, language)
    return read(words, code)


def _language_of_statement(cited: CitedFact, words: str, otherwise: str) -> str:
    """The language in which a fact's statement shares most words with its quotation."""
    own = set(re.findall(r"\w+", words.casefold()))
    statement = cited.fact.statement

    def likeness(code: str) -> tuple[int, bool]:
        theirs = set(re.findall(r"\w+", (statement.get(code) or "").casefold()))
        return len(own & theirs), code == otherwise

    known = [code for code in statement.languages if code.split("-")[0] in LANGUAGES]
    return max((*known, otherwise), key=likeness)


def language_of_text(text: str, source: Source, otherwise: str) -> str:
    """The language of a source's words: its record's, or the one whose small words they use."""
    told = (source.model_extra or {}).get("language")
    if isinstance(told, str) and told.split("-")[0] in LANGUAGES:
        return told
    words = [word.casefold() for word in re.findall(r"[^\W\d_]+", text)]
    counts = {code: sum(word in stop_words(code) for word in words) for code in sorted(LANGUAGES)}
    main = otherwise.split("-")[0]
    best = max(counts, key=lambda code: (counts[code], code == main))
    return otherwise if counts[best] < counts.get(main, 0) + 3 else best


_WHO = (
    "title", "container-title", "publisher", "authority", "event-title", "author", "editor",
    "interviewer", "host", "guest", "chair", "director", "collection-title", "genre",
)  # fmt: skip


_AUTHORS = ("author", "publisher", "authority", "guest", "container-title")


def _record(source: Source, fields: Sequence[str]) -> str:
    """What a source's record says in some fields, a line each."""
    record = source.csl()
    lines: list[str] = []
    for name in fields:
        value = record.get(name)
        for part in value if isinstance(value, list | tuple) else (value,):
            if isinstance(part, dict):
                lines.append(
                    " ".join(str(part[k]) for k in ("literal", "given", "family") if part.get(k))
                )
            elif part:
                lines.append(str(part))
    return "\n".join(lines)
