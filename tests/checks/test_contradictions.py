"""Opposites, prefixes that deny, few and none, plans as decisions, and differences of numbers."""

import pytest

from tests.checks.test_agreement import codes

DIFFER = [
    ("en", "The company paid the fine on time.", "The company left the fine on time unpaid."),
    (
        "en",
        "The inspector found the fire doors locked.",
        "The inspector found the fire doors unlocked.",
    ),
    ("en", "Most residents trust the water company.", "Most residents distrust the water company."),
    ("en", "The library keeps its Saturday hours.", "The library gave up its Saturday hours."),
    ("en", "Few pupils can swim.", "No pupils can swim."),
    ("en", "Half of the pupils can swim.", "Most of the pupils can swim."),
    (
        "en",
        "The council is considering a fee for parking.",
        "The council will charge a fee for parking.",
    ),
    (
        "en",
        "The walks were not cleared along their whole length.",
        "The walks were not cleared at all.",
    ),
    ("de", "Der Kreis hat die Brücke im Mai geprüft.", "Die Brücke blieb im Mai ungeprüft."),
    ("de", "Der Verband lehnt die Gebühr ab.", "Der Verband begrüßt die Gebühr."),
    ("de", "Das Bad bleibt im Winter offen.", "Das Bad bleibt im Winter geschlossen."),
    ("de", "Offenbar wurde die Warnung übersehen.", "Die Warnung wurde übersehen."),
    (
        "de",
        "In 38 Prozent der Fälle war Krankheit der Grund.",
        "In den meisten Fällen war Krankheit der Grund.",
    ),
    ("fr", "La ville envisage de fermer la crèche.", "La ville va fermer la crèche."),
    ("fr", "La moitié des élèves savent nager.", "La majorité des élèves savent nager."),
    ("es", "El municipio estudia cerrar la guardería.", "El municipio cierra la guardería."),
    ("es", "Pocos niños saben nadar.", "Ningún niño sabe nadar."),
    (
        "es",
        "El ayuntamiento consultó a los vecinos antes de la obra.",
        "El ayuntamiento empezó la obra sin consultar a los vecinos.",
    ),
]


@pytest.mark.parametrize(("language", "fact", "sentence"), DIFFER)
def test_what_says_the_opposite_or_more_is_told(language: str, fact: str, sentence: str) -> None:
    assert codes(fact, sentence, language)


ALIKE = [
    ("en", "The council is considering a fee.", "The council will consider a fee for parking."),
    ("en", "The bridge was closed in May.", "In May the bridge was not open."),
    ("en", "More than half of the pupils can swim.", "The majority of the pupils can swim."),
    ("de", "Der Kreis hat 4,5 Stellen, der Nachbar hat 7,5.", "Der Nachbar hat drei mehr."),
    ("de", "Das Bad bleibt im Winter geschlossen.", "Das Bad öffnet im Winter nicht."),
    (
        "fr",
        "Les vélos sont interdits du lundi au vendredi.",
        "Les vélos sont interdits en semaine.",
    ),
    (
        "es",
        "Se construyeron dos pasos en la carretera.",
        "Se construyeron 2 pasos en la carretera.",
    ),
]


@pytest.mark.parametrize(("language", "fact", "sentence"), ALIKE)
def test_the_same_in_other_words_is_quiet(language: str, fact: str, sentence: str) -> None:
    assert codes(fact, sentence, language) == []
