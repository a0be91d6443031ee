"""Where a sentence ends: full stops of abbreviations, initials and ordinals do not end one."""

import re

# Abbreviations after which a sentence goes on whatever follows.
_NEVER = {
    "en": "mr mrs ms mx dr prof st sen rep reps gov gen col lt sgt capt rev hon messrs vs v e.g "
    "i.e cf viz approx ca dept assn jan feb mar apr jun jul aug sep sept oct nov dec h.r u.s.c "
    "cong f.supp eds ed trans",
    "de": "dr prof hr fr frau z.b d.h u.a bzw ca vgl abs st mio mrd evtl ggf inkl zzgl i.d.r o.ä "
    "jan feb apr aug sept okt nov dez",
    "fr": "m mm mme mlle mmes dr pr me cf av ex env c.-à-d janv févr juill sept oct nov déc st ste",
    "es": "sr sra srta sres dr dra d dña ud uds p.ej cf aprox prof lic ing gral",
}
# Abbreviations of a number's name: they go on before a digit or a Roman numeral alone.
_BEFORE_NUMBER = {
    "no", "nos", "p", "pp", "art", "arts", "sec", "secs", "ch", "vol", "fig", "para", "paras",
    "par", "nr", "s", "ziff", "kap", "bd", "núm", "pág", "págs", "cap", "n", "chap", "ex",
}  # fmt: skip
# Abbreviations that may also end a sentence: what follows decides.
_MAYBE = {
    "en": "inc corp co ltd llc plc jr sr etc al bros ph.d m.d esq est",
    "de": "usw etc str gmbh co u.s.w",
    "fr": "etc al",
    "es": "etc ee.uu cía s.a",
}
# Words that begin a sentence, so that a stop before them ends one.
_STARTERS = {
    "en": "the this that these those we it its in on our your you they he she i if and but as at "
    "for a an when while there to with after before since by not no what how why who which yet so "
    "please both all most many some several such only even until their his her",
    "de": "der die das dieser diese dieses wir sie es er ich ein eine in im am an auf und aber "
    "wenn danach dann seitdem doch nach seit mit bei für von zu nicht unser ihre",
    "fr": "le la les ce cet cette ces nous il elle ils elles un une des en dans et mais si après "
    "depuis avec pour sur notre votre",
    "es": "el la los las este esta estos estas nosotros él ella un una en y pero si después desde "
    "con para por nuestro su",
}


def _table(source: dict[str, str]) -> dict[str, frozenset[str]]:
    return {language: frozenset(words.split()) for language, words in source.items()}


_NEVER_IN, _MAYBE_IN, _STARTERS_IN = _table(_NEVER), _table(_MAYBE), _table(_STARTERS)


def ends_sentence(before: str, stop: str, after: str, language: str) -> bool:
    """Whether a stop between two texts ends a sentence.

    `before` reaches up to the stop, `after` begins with what follows the space.
    """
    following = after.lstrip("\"'“‘„«‹([¿¡*_ ")[:1]
    if following.islower():
        return False
    if not stop.startswith(".") or stop.startswith(("..", ".!", ".?")):
        return True
    main = language.split("-")[0]
    word = re.search(r"[^\s(\[“‘\"'«„–—/]*$", before)
    last = word[0].casefold() if word else ""
    if last in _NEVER_IN.get(main, frozenset()):
        return False
    if last in _BEFORE_NUMBER and re.match(r"[0-9IVXLC]+\b", after):
        return False
    starts = _begins_sentence(after, main)
    if main == "de" and last.isdigit() and len(last) < 3:
        return starts  # an ordinal goes on: “am 10. Juni”
    if len(last) == 1 and last.isalpha() and last != "i":
        return False  # an initial: “A. Example”, “S. 4084”
    if last in _MAYBE_IN.get(main, frozenset()) or re.fullmatch(r"(\w\.)+\w", last):
        return starts
    return True


def _begins_sentence(text: str, language: str) -> bool:
    """Whether a text's first word is one with which sentences begin."""
    first = re.match(r"[“‘\"'«„(\[]*([\w’']+)", text)
    return first is not None and first[1].casefold() in _STARTERS_IN.get(language, frozenset())
