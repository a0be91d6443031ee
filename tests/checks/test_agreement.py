"""Cited sentences that do not agree with their facts, and those that do."""

from collections.abc import Callable
from typing import Any

import pytest

from advocacy.checks.agreement.evidence import Evidence
from advocacy.checks.agreement.names import Parties
from advocacy.checks.agreement.reading import read
from advocacy.checks.agreement.sentences import sentence_differences
from advocacy.errors import Level, Problem

LineOf = Callable[[Problem], str]


def codes(fact: str, sentence: str, language: str = "en") -> list[str]:
    """The codes of what a sentence says and a fact does not, each once."""
    statement, claim = read(fact, language), read(sentence, language)
    assert statement is not None
    assert claim is not None
    evidence = [Evidence("fact", statement)]
    found = sentence_differences(claim, evidence, [], Parties("Acme", "Us"))
    return list(dict.fromkeys(one.code for one in found))


AGREE = [
    ("en", "Of the 42 brokers, 29 could not show consent.", "Twenty-nine of 42 brokers could not."),
    ("en", "It took place outside in 48 percent.", "It took place outside in nearly half."),
    ("en", "The time rose from 24 to 57 minutes.", "The time more than doubled."),
    ("en", "Losses were 22 percent in 2020 and 27 percent in 2025.", "They rose by 5 points."),
    ("de", "Neun von 14 Proben waren belastet.", "9 von vierzehn Proben waren belastet."),
    ("de", "Es kostete 1.000,5 Euro.", "Es kostete 1000,50 €."),
    ("fr", "Le réseau a perdu 1 800 litres.", "Le réseau a perdu 1800 litres."),
    ("es", "Gestiona 71 de los 128 comedores.", "Gestiona más de la mitad de los comedores."),
    ("en", "It opened on June 10, 2020.", "It opened on 10/06/2020."),
    (
        "de",
        "Die Sprecherin des Rates, Jana Roth, sagte dem Boten, man wolle nicht alles zurück.",
        "Seine Sprecherin, Jana Roth, sagte dem Boten, man wolle nicht alles zurück.",
    ),
    ("en", "It sold ½ of the stock.", "It sold half of the stock."),
    ("en", "It sold 12 systems.", "It sold ١٢ systems."),
    ("en", "It sold 12 systems.", "It sold Ⅻ systems."),
    ("en", "Of 640 users, 58 percent print there.", "Almost six in ten users print there."),
    ("en", "Calls fell by about a fifth.", "Calls fell by some 20 percent."),
    ("en", "It sold 2.5 times as many.", "It sold two and a half times as many."),
    ("es", "Tardó 41 minutos en 2025; en 2023, 26.", "Tardó un cuarto de hora más que en 2023."),
    (
        "es",
        "En 6 de 40 muestras había plomo.",
        "Había plomo en el 15 por ciento de las 40 muestras.",
    ),
    ("es", "Cuesta como máximo 1.900 euros.", "No cuesta más de 1.900 euros."),
    ("de", "Es kostet höchstens 45.000 Euro.", "Es kostet nicht mehr als 45 Tausend Euro."),
    ("de", "212 der 348 Kinder kommen zu Fuß.", "Rund sechs von zehn Kindern kommen zu Fuß."),
    ("fr", "Il gagne 4,90 euros, contre 4,10.", "Il gagne 80 centimes de plus."),
    ("fr", "Le chiffre est de 186 millions d'euros.", "Le chiffre est de 186 M€."),
    ("en", "The rule limits what is sold.", "Section 5 of the Act limits what is sold."),
]
DIFFER = [
    ("en", "It sold 9 of 14 systems.", "It sold nineteen of 14 systems.", "figure-not-in-fact"),
    ("de", "Neun von 14 waren belastet.", "Neunzehn von 14 waren belastet.", "figure-not-in-fact"),
    ("en", "Losses were 22 percent in 2020 and 27 percent in 2025.",
     "Losses rose by 5 percent.", "figure-not-in-fact"),
    ("fr", "Le prix est de 14 millions d'euros.", "Le prix est de 14 milliards d'euros.",
     "figure-not-in-fact"),
    ("en", "It opened on June 10, 2020.", "It opened on June 11, 2020.", "date-not-in-fact"),
    ("es", "Había 8 en 2022 y 19 en 2025.", "Había 19 en 2022 y 8 en 2025.", "date-not-in-fact"),
    ("de", "Der Bericht wurde nicht veröffentlicht.", "Der Bericht wurde veröffentlicht.",
     "negation-differs"),
    ("en", "The plan may close three schools.", "The plan will close three schools.",
     "hedge-dropped"),
    ("en", "It takes up to 45 days.", "It takes 45 days.", "hedge-dropped"),
    ("es", "Los precios subieron en 2025.", "Los precios bajaron en 2025.", "comparison-differs"),
    ("fr", "Les pertes ont augmenté.", "Les pertes ont augmenté en raison de la sécheresse.",
     "cause-not-in-fact"),
    ("en", "57 of 212 people lost work.", "More than a third of the people lost work.",
     "figure-not-in-fact"),
    ("en", "It lasts for up to one hour.", "It lasts for at least one hour.", "hedge-dropped"),
    ("en", "Courtroom B hears such cases.", "Courtroom D hears such cases.", "name-not-in-fact"),
    ("fr", "Il a gagné 12 pour cent de plus.", "Il a gagné 12 pour cent de moins.",
     "comparison-differs"),
    ("en", "The board found no fault with the ward.", "The ministry found no fault with the ward.",
     "speaker-differs"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "fact", "sentence"), AGREE)
def test_sentences_that_agree_are_left_alone(language: str, fact: str, sentence: str) -> None:
    assert codes(fact, sentence, language) == []


@pytest.mark.parametrize(("language", "fact", "sentence", "code"), DIFFER)
def test_what_the_fact_does_not_say_is_found(
    language: str, fact: str, sentence: str, code: str
) -> None:
    assert code in codes(fact, sentence, language)


def test_a_figure_is_an_error_at_its_line_that_quotes_both_sides(
    house: Any, line_of: LineOf
) -> None:
    house.spoil(
        "facts.yaml",
        "statement: Widget Works has stopped",
        "statement: Of 28 systems Widget Works has stopped",
    )
    house.call('Widget stopped 82 systems.{{ cite("widget-stopped") }}')
    problem = next(p for p in house.found("figure-not-in-fact") if "The letter" in p.message)
    assert problem.level is Level.ERROR
    assert "82" in problem.message
    assert "28" in problem.message
    assert line_of(problem).startswith("Widget stopped 82")
