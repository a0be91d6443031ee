"""What a quotation leaves out: an ellipsis may not hide a “not”, a condition, a limit or a subject.

Of all the places where a quotation's parts stand in a text, the one where they stand closest
together counts: no other, luckier one.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from advocacy.checks.codes import problem
from advocacy.checks.language import Language, bare, language_of
from advocacy.checks.quotations.openings import Cut, opening_cut
from advocacy.checks.quotations.quoted import SHORT, quotations_of, texts_of
from advocacy.checks.quotations.verbatim import Part, alignments, normalize_text, parts_of
from advocacy.checks.sentence_places import locate_words
from advocacy.checks.sentences import TextBlock, quote_spans
from advocacy.errors import Problem
from advocacy.letters.letter import CitedFact, Letter

FEWEST = 2
"""The number of words of a quotation from which a “not” just before it is looked for."""
AT_ONCE = 3
"""The maximum number of words between a quotation and the “only” that limits it."""
NEAR_BEFORE = 1000
"""The number of characters before a quotation in which its sentence begins, mostly."""
_END = re.compile(
    r"(?<=[^\W\d_][^\W\d_])[.!?](?=\s|$|')|(?<=[\d%)])[.!?](?=['\s]+[¿¡'(]*[^\W\d_a-z])|[.!?](?=\s*$|\s*\[(?:pp?|s|págs?|page|seite)?\.?\s?\d)"
)
_JOINED = r"(?:and|but|or|so|und|aber|oder|doch|sondern|et|mais|ou|y|e|pero|sino|o)"
_COORDINATED = re.compile(
    rf"^[\s,;'-]*(?:{_JOINED}\b|(?:[^\W\d]+\s+){{1,2}}(?:aber|jedoch|cependant|however)\b)"
    r"(?!\s+(?:only|nur|seulement|solo)\b)",
    re.IGNORECASE,
)
_NEW_CLAUSE = re.compile(rf"[,;]\s*{_JOINED}\b", re.IGNORECASE)
_REASON = re.compile(
    r"^[\s,;'-]*(?:because|since|as|for|weil|da|denn|parce\s+qu|car|puisqu|porque|ya\s+que|pues)\b",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"\s*[,(–-]\s*(?:mostly|mainly|chiefly|including|among\s+them|vor\s+allem|meist|darunter|surtout|principalement"
    r"|dont|sobre\s+todo|principalmente|entre\s+ellos)\b",
    re.IGNORECASE,
)
# What a sentence grants after it has stated something whole takes nothing back of it.
_UNTIL_CONCEDED = re.compile(
    r"[,;]\s*(?:although|though|even\s+though|while|whereas|obwohl|obgleich|wenngleich|auch\s+wenn|während"
    r"|bien\s+qu|quoiqu|alors\s+qu|tandis\s+qu|même\s+si|aunque|si\s+bien|mientras(?!\s+(?:[^\W\d]+\s+){0,3}(?:no|siga\w*|haya\w*|dure\w*|est[eé]n?)\b))\b",
    re.IGNORECASE,
)
_WHETHER = frozenset({"ob", "whether"})
_OPENS = re.compile(r"(?:^|[\s(])'\s*$")
_CLOSES = re.compile(r"[\s.,;!?]*'(?=[\s,.;]|$)")
_LACKING = re.compile(r"(?:without|ohne|sans|sin)$", re.IGNORECASE)
_ENDS_JOINED = re.compile(rf"(?:[,;-]\s*{_JOINED}|[;:]|[,;]\s*)['\s]*$", re.IGNORECASE)
_ENDS_CLAUSE = re.compile(rf"[,;]\s*{_JOINED}\b|[;:]", re.IGNORECASE)
_PRONOUNS = frozenset(
    "we they he she it you i who wir sie er es ich ihr nous vous ils elles il elle on je nosotros "
    "ellos ellas él ella usted ustedes yo".split()
)
MARKED = re.compile(r"…|\.\s?\.\s?\.|\[")


def cut_of(quotation: str, text: str, language: Language) -> Cut | None:
    """What a quotation hides of a text that `normalize_text` made; None where it hides nothing.

    What its sentence has before and after it counts, too.
    """
    parts = parts_of(quotation)
    spans = _tightest(parts, text) if parts else None
    if spans is None:
        return None
    kept = " ".join(text[start:end] for start, end in spans)
    for number, ((_, last), (first, _)) in enumerate(pairwise(spans)):
        left = text[last:first]
        stop = _END.search(left)
        if stop is None:
            found = _inner(left, kept, language, changed=parts[number + 1].changed)
        else:
            begun = left[max(m.end() for m in _END.finditer(left)) :]
            found = (
                _trailing(left[: stop.start()], kept, language)
                or _leading(begun, kept, language)
                or _other_subject(begun, text[first:], language)
            )
        if found:
            return found
    begin = _sentence_start(text, spans[0][0])
    after = _END.search(text, spans[-1][1])
    lead, trail = (
        text[begin : spans[0][0]],
        text[spans[-1][1] : after.start() if after else len(text)],
    )
    found = _leading(lead, kept, language) or _trailing(trail, kept, language)
    # “They do not come for the lamps”, cut before “but for what the lamps do not hide”.
    denied = found and found.what == "a negation" and not found.before
    return None if denied and language.finds("negators", kept) else found


def _sentence_start(text: str, at: int) -> int:
    """Where the sentence of a place begins; most begin a little before, and a copy is long."""
    for first in (max(0, at - NEAR_BEFORE), 0):
        ends = [found.end() for found in _END.finditer(text, first, at)]
        if ends:
            return ends[-1]
    return 0


def _tightest(parts: Sequence[Part], text: str) -> list[tuple[int, int]] | None:
    """Where the parts of a quotation stand closest together."""
    return min(alignments(parts, text), key=lambda s: s[-1][1] - s[0][0], default=None)


def _inner(left: str, kept: str, language: Language, *, changed: bool) -> Cut | None:
    """What words inside a sentence must not be left out."""
    beside = re.match(r"\s*[,(–-].*[,)–-]\s*$", left)
    for kind, what in (
        ("negators", "a negation"), ("conditions", "a condition or exception"),
        ("strong_may", "a hedge"), ("max", "a limit"), ("min", "a limit"), ("some", "a limit"),
    ):  # fmt: skip
        if changed and kind not in ("negators", "conditions", "strong_may"):
            continue
        found = (
            _condition(left, kept, language) if kind == "conditions" else language.finds(kind, left)
        )
        if found and not (beside and (_LACKING.search(found[0]) or _LISTED.match(left))):
            return Cut(left.strip(), found[0], what)
    words = re.findall(r"\w+", left)
    if not changed and words and words[-1].casefold() in _PRONOUNS:
        before = {word.casefold() for word in re.findall(r"\w+", kept)}
        if words[-1].casefold() not in before:
            return Cut(left.strip(), words[-1], "a subject")
    return None


def _other_subject(begun: str, following: str, language: Language) -> Cut | None:
    """The subject of a second sentence, of which only the predicate is quoted."""
    verb = re.match(r"\w+", following)
    if verb is None or not language.finds("predicates", verb[0]):
        return None
    words = re.findall(r"[\w'-]+", begun)
    subject = next((word for word in reversed(words) if bare(word) not in language.stop), None)
    pronoun = words[-1] if words and words[-1].casefold() in _PRONOUNS else None
    hidden = subject or pronoun
    return Cut(begun.strip(" '"), hidden, "a subject") if hidden else None


def _condition(left: str, kept: str, language: Language) -> re.Match[str] | None:
    """The first condition in what is left out: that something comes first is one, too."""
    kinds = ["conditions", "until"]
    if language.finds("negators", kept):
        kinds.append("not_before")
    found = [match for kind in kinds if (match := language.finds(kind, left))]
    return min(found, key=re.Match.start, default=None)


def _leading(left: str, kept: str, language: Language) -> Cut | None:
    """What a sentence says before the words that are quoted."""
    if _OPENS.search(left):
        return None  # the quoted words begin what is said there
    left = left.strip(" '")
    if not left:
        return None
    condition = _condition(left, kept, language)
    if condition and condition[0].casefold() in _WHETHER:
        condition = None
    words_before = len(left[: condition.start()].split()) if condition else 0
    apart = _ENDS_JOINED.search(left)
    # “If the council agrees,” is all that stands before the words that are quoted.
    opens = words_before == 0 and left.endswith(",") and not _ENDS_CLAUSE.search(left[:-1])
    if condition and words_before <= 2 and (not apart or opens):
        return Cut(left, condition[0], "a condition or exception")
    negator = next(reversed(language.all("negators", left)), None)
    if negator is None or _ENDS_JOINED.search(left):
        return None
    after = left[negator.end() :]
    if _begins_clause(after) or _NEW_CLAUSE.search(after):
        return None
    if len(left[negator.end() :].split()) <= 6:
        return Cut(left, negator[0], "a negation", before=True)
    return None


def _is_beside(cut: Cut) -> bool:
    """Whether a “not” stands just before the quoted words: “I do not” “say that lightly”."""
    return cut.before and cut.hidden.casefold().endswith(cut.word.casefold())


def _denies_at_all(text: str, language: Language) -> bool:
    """Whether a sentence denies anything, in any words."""
    kinds = ("negators", "deniers", "refusals", "left_undone", "soft_negators")
    return any(language.finds(kind, text) for kind in kinds)


def _denied_before(words: str, sentence: str, language: Language) -> bool:
    """Whether a sentence denies before a quotation what the quoted sentence does there."""
    at = sentence.find(" ".join(words.split()[:4]))
    clause = re.split(r"[;:.]\s", sentence[: max(0, at)])[-1]
    return language.finds("negators", clause) is not None


_ON_CONDITION = re.compile(
    r"\b(?:with|without|once|when|only|provided|on\s+condition|mit|ohne|bei|sobald|sofern|falls|nur|wenn"
    r"|avec|sans|pourvu|dès|à\s+condition|si|con|sin|siempre|cuando|a\s+condición)\b",
    re.IGNORECASE,
)
TOLD = 0.6
"""The share of what a quotation leaves out that its sentence has to say beside it."""


def _told_beside(cut: Cut, words: str, sentence: str, language: Language) -> bool:
    """Whether a sentence says beside a quotation, or in a second one, what the first leaves out."""
    rest = sentence.replace(" ".join(words.split()), " ")
    hidden, told = _content(cut.hidden, language), _content(rest, language)
    if any(span and span in cut.hidden for span in _other_quotations(words, sentence)):
        return True  # “An assessment,” they concede, “has not been completed.”
    # “Could have been avoided” with a loaner chair: a condition may be told in other words.
    said = cut.word.casefold() in rest.casefold() or (
        cut.what == "a condition or exception" and _ON_CONDITION.search(rest) is not None
    )
    return said and bool(hidden) and len(hidden & told) >= TOLD * len(hidden)


def _other_quotations(words: str, sentence: str) -> Iterator[str]:
    """The other quotations of a sentence, as the text of a fact has them."""
    for start, end in quote_spans(sentence):
        other = normalize_text(sentence[start:end]).strip(" .,;'")
        if len(other.split()) >= SHORT and other not in normalize_text(words):
            yield other


def _content(text: str, language: Language) -> frozenset[str]:
    """The content words of a text, without inflection."""
    words = re.findall(r"[^\W\d_]{3,}", text)
    return frozenset(language.stem(word) for word in words if bare(word) not in language.stop)


def _begins_clause(after: str) -> bool:
    """Whether a new clause with a pronoun as its subject begins after a negation, and ends it."""
    found = re.search(r"[,;:]\s*(?:\w+\s+)?(\w+)$", after)
    return found is not None and found[1].casefold() in _PRONOUNS


def _trailing(left: str, kept: str, language: Language) -> Cut | None:
    """What a sentence goes on to say after the words that are quoted."""
    if _CLOSES.match(left):
        return None  # what follows is the reporter's own
    rest = _UNTIL_CONCEDED.split(left.strip(" '"))[0]
    joined = _COORDINATED.match(rest)
    condition = _condition(rest, kept, language)
    limit = language.finds("only", rest)
    between = re.findall(r"\w+", rest[: limit.start()].casefold()) if limit else []
    if limit and len(between) <= AT_ONCE and not _PRONOUNS & set(between):
        return Cut(rest, limit[0], "a limit")
    if joined:
        at_once = condition and not re.search(r"\w", rest[joined.end() : condition.start()])
        return (
            Cut(rest, condition[0], "a condition or exception") if condition and at_once else None
        )
    if condition:
        negator = language.finds("negators", rest[: condition.start() + 1])
        at_start = rest.strip(" ,;-").startswith(condition[0])
        same = negator is not None and negator.start() == condition.start()
        if (negator is None or at_start) and not same:
            return Cut(rest, condition[0], "a condition or exception")
    # What stands after a semicolon is a sentence of its own.
    negator = language.finds("negators", rest.split(";")[0])
    if negator and _LACKING.search(negator[0]) and "," in rest[: negator.start()]:
        return None  # “a room, perhaps without rent”: what is added after a comma lacks something
    if negator and re.search(r"\w", rest[: negator.start()]) and not _REASON.match(rest):
        return Cut(rest, negator[0], "a negation")
    return None


def cut_problems(letter: Letter, blocks: Sequence[TextBlock]) -> Iterator[Problem]:
    """Quotations of a body that hide what changes their meaning."""
    language = language_of(letter.language)
    if language is None:
        return
    for block in blocks:
        for words, number in quotations_of(block):
            few = len(words.split()) < SHORT
            if len(words.split()) < FEWEST:
                continue
            sentence = block.sentences[number] if number < len(block.sentences) else None
            near = _near(letter, block, number)
            found = _cut_from(words, near, language)
            if found is None and sentence and not few:
                found = _opening_from(words, near, sentence.text, language)
            if found and sentence:
                cut, fact = found
                if cut.before and _denied_before(words, sentence.text, language):
                    continue
                beside = _is_beside(cut)
                if few and not (beside and not _denies_at_all(sentence.text, language)):
                    continue
                if not beside and _told_beside(cut, words, sentence.text, language):
                    continue
                yield problem(
                    "quotation-cut",
                    f"“{' '.join(words.split())}” leaves out {cut.what} (“{cut.word}”). `{fact}` "
                    f"has “{cut.hidden}” there.",
                    "The omission changes the meaning. Extend the quotation, or quote different "
                    "words.",
                    locate_words(sentence.lines, words),
                )


def _near(letter: Letter, block: TextBlock, number: int) -> list[CitedFact]:
    """The facts cited in a sentence or the next, then all of the letter."""
    marks = [j for sentence in block.sentences[number : number + 2] for j in sentence.cites]
    return [*(fact for j in marks for fact in letter.cites[j].facts), *letter.facts]


def _opening_from(
    words: str, facts: Sequence[CitedFact], sentence: str, language: Language
) -> tuple[Cut, str] | None:
    """What the first fact that has the words says before them, and the sentence does not."""
    parts = parts_of(words)
    outside = sentence.replace(" ".join(words.split()), " ")
    for one in facts if parts else ():
        for text in texts_of(one):
            spans = _tightest(parts, text)
            if spans is not None:
                left = text[_sentence_start(text, spans[0][0]) : spans[0][0]]
                cut = opening_cut(left, words, outside, one.fact.speaker, language)
                return (cut, one.id) if cut else None
    return None


def _cut_from(words: str, facts: Sequence[CitedFact], language: Language) -> tuple[Cut, str] | None:
    """What is left out of the first fact's quotation that has the words."""
    parts = parts_of(words)
    for one in facts:
        for text in texts_of(one) if parts else ():
            if _tightest(parts, text) is not None:
                cut = cut_of(words, text, language)
                return (cut, one.id) if cut else None
    return None
