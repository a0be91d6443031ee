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
    (
        "en",
        "In a survey of 604 parents, 61 percent were for it.",
        "Of 604 mothers and fathers asked, 61 percent were for it.",
    ),
    (
        "en",
        "The desk has been closed on Saturdays since 2024.",
        "Since 2024 nobody sells tickets there at weekends.",
    ),
    (
        "en",
        "It received 146 complaints in 2025, against 58 in 2024.",
        "It received 146 complaints in 2025, against 58 the year before.",
    ),
    ("en", "Cash will no longer be taken on 31 routes.", "They stop taking cash on 31 routes."),
    (
        "en",
        "The limit was passed 211 times between April and June 2026.",
        "From April to June 2026 the limit was passed 211 times.",
    ),
    ("en", "Prices rose from $4 in April to $6 in June 2026.", "In June 2026 the price was $6."),
    (
        "en",
        "The survey sampled wells in three townships.",
        "The survey sampled wells in our three townships.",
    ),
    ("fr", "Le seuil a été dépassé 211 fois.", "Des avions ont dépassé 211 fois le seuil."),
    ("en", "The figures are published.", "Publish the figures twice a year."),
    (
        "de",
        "Das Land sagte am 5. Oktober 2026 einen Zuschuss von 1,3 Millionen Euro zu.",
        "Einen Zuschuss von 1,3 Millionen Euro sagte das Land am 5. Oktober zu.",
    ),
    (
        "en",
        "The hearing was on September 23, 2026.",
        "The hearing was on Wednesday, September 23, 2026.",
    ),
    (
        "en",
        "At the end of 2025, three of the port's 14 berths had power.",
        "At the end of 2025, eleven berths had no power.",
    ),
    (
        "en",
        "The fare change, due to falling sales, begins in May.",
        "The change of fares begins in May because sales are falling.",
    ),
    ("fr", "Il a perdu 1 000 litres.", "Il a perdu 1000 litres."),
    (
        "en",
        "It sold 12 systems.",
        "2. Version 3.1 of it was called (207) 555-0100 at 5:30 p.m.; it sold 12.",
    ),
    ("de", "Es verkaufte 12 Anlagen.", "Nach Artikel 12 Absatz 3 verkaufte es 12 Anlagen."),
    ("es", "Vendió 12 equipos.", "Según el artículo 43, vendió 12 equipos."),
    ("en", "It sold 9 systems.", "As we said at 12 Elm Court, it sold 9 systems."),
    ("en", "It sold 9 systems.", "It sold 9 systems (at 350 5th Ave, Springfield)."),
    ("de", "Es verkaufte 9 Anlagen.", "In der Hauptstraße 12 verkaufte es 9 Anlagen."),
    ("de", "Es verkaufte 9 Anlagen.", "Es verkaufte 9 Anlagen (Am Markt 7)."),
    ("de", "Es verkaufte 9 Anlagen.", "Es verkaufte 9 Anlagen (Lindenstr. 12a, 39998 Neustadt)."),
    ("fr", "Il a vendu 9 appareils.", "Au 12, rue des Lilas, il a vendu 9 appareils."),
    ("fr", "Il a vendu 9 appareils.", "Il a vendu 9 appareils (12 bis rue Hoche, 75002 Paris)."),
    ("es", "Vendió 9 equipos.", "En la calle Mayor, 12, vendió 9 equipos."),
    ("es", "Vendió 9 equipos.", "Vendió 9 equipos (avenida de la Paz n.º 12, 28013 Madrid)."),
    ("en", "The fire at 12 Elm Court killed 2.", "The fire at 12 Elm Ct. killed two."),
]
DIFFER = [
    (
        "en",
        "The fire at 12 Elm Court killed 2.",
        "The fire at 14 Elm Court killed two.",
        "figure-not-in-fact",
    ),
    ("en", "9 Elm Court tenants left.", "12 Elm Court tenants left.", "figure-not-in-fact"),
    ("en", "It lost 9 cases.", "It lost 12 Supreme Court cases.", "figure-not-in-fact"),
    (
        "de",
        "Auf der Hauptstraße starben 9.",
        "Auf der Hauptstraße 12 Menschen starben.",
        "figure-not-in-fact",
    ),
    ("de", "Am Markt fehlen 9 Bäume.", "Am Markt 12 Bäume fehlen.", "figure-not-in-fact"),
    ("fr", "La ville a fermé 9 rues.", "La ville a fermé 12 rues.", "figure-not-in-fact"),
    ("fr", "Il a donné 9 cours.", "Il a donné 12 cours.", "figure-not-in-fact"),
    (
        "es",
        "En la calle Mayor murieron 9.",
        "En la calle Mayor 12 vecinos murieron.",
        "figure-not-in-fact",
    ),
    ("en", "It sold 9 of 14 systems.", "It sold nineteen of 14 systems.", "figure-not-in-fact"),
    ("de", "Neun von 14 waren belastet.", "Neunzehn von 14 waren belastet.", "figure-not-in-fact"),
    (
        "en",
        "Losses were 22 percent in 2020 and 27 percent in 2025.",
        "Losses rose by 5 percent.",
        "figure-not-in-fact",
    ),
    (
        "fr",
        "Le prix est de 14 millions d'euros.",
        "Le prix est de 14 milliards d'euros.",
        "figure-not-in-fact",
    ),
    ("en", "It opened on June 10, 2020.", "It opened on June 11, 2020.", "date-not-in-fact"),
    ("es", "Había 8 en 2022 y 19 en 2025.", "Había 19 en 2022 y 8 en 2025.", "date-not-in-fact"),
    (
        "de",
        "Der Bericht wurde nicht veröffentlicht.",
        "Der Bericht wurde veröffentlicht.",
        "negation-differs",
    ),
    (
        "en",
        "The plan may close three schools.",
        "The plan will close three schools.",
        "hedge-dropped",
    ),
    ("en", "It takes up to 45 days.", "It takes 45 days.", "hedge-dropped"),
    ("es", "Los precios subieron en 2025.", "Los precios bajaron en 2025.", "comparison-differs"),
    (
        "fr",
        "Les pertes ont augmenté.",
        "Les pertes ont augmenté en raison de la sécheresse.",
        "cause-not-in-fact",
    ),
    (
        "en",
        "57 of 212 people lost work.",
        "More than a third of the people lost work.",
        "figure-not-in-fact",
    ),
    ("en", "It lasts for up to one hour.", "It lasts for at least one hour.", "hedge-dropped"),
    ("en", "Courtroom B hears such cases.", "Courtroom D hears such cases.", "name-not-in-fact"),
    (
        "fr",
        "Il a gagné 12 pour cent de plus.",
        "Il a gagné 12 pour cent de moins.",
        "comparison-differs",
    ),
    (
        "en",
        "The board found no fault with the ward.",
        "The ministry found no fault with the ward.",
        "speaker-differs",
    ),
    (
        "en",
        "In a survey of 604 residents, 61 percent were for it.",
        "In a survey of 604 dockers, 61 percent were for it.",
        "name-not-in-fact",
    ),
    (
        "en",
        "By May 2026, 5,360 people had signed the petition.",
        "By May 2026, 5,360 nurses had signed the petition.",
        "name-not-in-fact",
    ),
    (
        "de",
        "Von 740 befragten Eltern sind 68 Prozent dafür.",
        "Von 740 befragten Lehrkräften sind 68 Prozent dafür.",
        "name-not-in-fact",
    ),
    (
        "es",
        "La enfermera Pilar Arribas lo dijo en mayo.",
        "La alcaldesa Pilar Arribas lo dijo en mayo.",
        "name-not-in-fact",
    ),
    (
        "fr",
        "Parmi les 740 parents, 68 % accepteraient de payer plus.",
        "Parmi les 740 enseignants, 68 % accepteraient de payer plus.",
        "name-not-in-fact",
    ),
    (
        "en",
        "The desk has been closed on Saturdays since 2024.",
        "The desk has been closed on Sundays since 2024.",
        "date-not-in-fact",
    ),
    (
        "de",
        "Der Schalter ist seit 2024 samstags geschlossen.",
        "Der Schalter ist seit 2024 werktags geschlossen.",
        "date-not-in-fact",
    ),
    (
        "fr",
        "Le guichet est fermé le samedi depuis 2024.",
        "Le guichet est fermé le lundi depuis 2024.",
        "date-not-in-fact",
    ),
    (
        "es",
        "La oficina cierra los sábados desde 2024.",
        "La oficina cierra los lunes desde 2024.",
        "date-not-in-fact",
    ),
    (
        "en",
        "It received 146 complaints in 2025, against 58 in 2022.",
        "It received 146 complaints in 2025, against 58 the year before.",
        "date-not-in-fact",
    ),
    (
        "de",
        "2025 waren es 146 Beschwerden, nach 58 im Jahr 2022.",
        "2025 waren es 146 Beschwerden, nach 58 im Vorjahr.",
        "date-not-in-fact",
    ),
    (
        "es",
        "En 2025 hubo 146 quejas, frente a 58 en 2022.",
        "En 2025 hubo 146 quejas, frente a 58 el año anterior.",
        "date-not-in-fact",
    ),
    (
        "en",
        "The limit was passed 211 times between April and June 2026.",
        "The limit was passed 211 times in June 2026.",
        "date-not-in-fact",
    ),
    (
        "de",
        "Zwischen April und Juni 2026 wurde der Wert 211 Mal gemessen.",
        "Im Juni 2026 wurde der Wert 211 Mal gemessen.",
        "date-not-in-fact",
    ),
    (
        "es",
        "Las nueve villas acordaron en noviembre pagar el alojamiento.",
        "Las nueve villas acordaron en verano pagar el alojamiento.",
        "date-not-in-fact",
    ),
    (
        "en",
        "The wells had never been tested.",
        "The wells had never been tested because the owners could not pay.",
        "cause-not-in-fact",
    ),
    (
        "de",
        "Die Zahl ist gestiegen.",
        "Die Zahl ist wegen der Sparpolitik gestiegen.",
        "cause-not-in-fact",
    ),
    (
        "fr",
        "La ligne sera supprimée en mai.",
        "La ligne sera supprimée en mai pour économiser.",
        "cause-not-in-fact",
    ),
    (
        "en",
        "The change could leave some people unable to travel.",
        "The change would leave some people unable to travel.",
        "hedge-dropped",
    ),
    (
        "de",
        "Die Änderung könnte ältere Menschen ausschließen.",
        "Die Änderung würde ältere Menschen ausschließen.",
        "hedge-dropped",
    ),
    (
        "fr",
        "Le seuil a presque toujours été dépassé par des avions d'école.",
        "Le seuil a toujours été dépassé par des avions d'école.",
        "hedge-dropped",
    ),
    (
        "en",
        "The limit was nearly always passed by training planes.",
        "The limit was always passed by training planes.",
        "hedge-dropped",
    ),
    (
        "es",
        "La comarca de Valdeluna suspendió las licencias en 2024.",
        "La comarca de Valdeoro suspendió las licencias en 2024.",
        "name-not-in-fact",
    ),
    (
        "en",
        "Bridgeport stopped the licences in 2024.",
        "In 2024, Bridgewater stopped the licences.",
        "name-not-in-fact",
    ),
    (
        "de",
        "28 Prozent der Autos fuhren schneller als 50 Kilometer pro Stunde.",
        "28 Prozent der Autos fuhren langsamer als 50 Kilometer pro Stunde.",
        "negation-differs",
    ),
    (
        "en",
        "A nitrate test cost $32 in 2026.",
        "A nitrate test, the cheapest of all, cost $32 in 2026.",
        "comparison-differs",
    ),
    (
        "de",
        "Häufigste Ursache waren Fehler beim Abbiegen.",
        "Fehler beim Abbiegen spielten keine Rolle.",
        "negation-differs",
    ),
    (
        "en",
        "The ambulance went out on 318 nights, 12 percent more than in 2024.",
        "The ambulance went out on 318 nights, 12 nights more than in 2024.",
        "figure-not-in-fact",
    ),
    (
        "en",
        "Three of the seven stations passed the limit in 2025.",
        "The stations passed the limit in 2025.",
        "hedge-dropped",
    ),
    (
        "de",
        "Drei der sieben Messstellen überschritten 2025 den Grenzwert.",
        "Die Messstellen überschritten 2025 den Grenzwert.",
        "hedge-dropped",
    ),
    (
        "en",
        "57 percent of parents named the road as dangerous.",
        "Parents named the road as dangerous.",
        "hedge-dropped",
    ),
    (
        "en",
        "The number of accidents fell from 19 in 2023 to 11 in 2025.",
        "The number of accidents fell by more than half.",
        "figure-not-in-fact",
    ),
    (
        "en",
        "A ship burns between 1.8 and 2.6 tons of fuel in ten hours.",
        "A ship burns between 1.8 and 2.6 tons of fuel an hour.",
        "figure-not-in-fact",
    ),
    (
        "en",
        "The plant discharges 40 tons a year.",
        "The plant discharges 40 tons a month.",
        "figure-not-in-fact",
    ),
    (
        "en",
        "On days with a ship at berth, the level was 38 percent higher than on days without one.",
        "On days without a ship at berth, the level was 38 percent higher than on days with one.",
        "comparison-differs",
    ),
    (
        "en",
        "Bus passengers wait longer than tram passengers at the station.",
        "Tram passengers wait longer than bus passengers at the station.",
        "comparison-differs",
    ),
    (
        "de",
        "In Rotmoor fiel die Zahl der Unfälle auf 11.",
        "In Rothfelde fiel die Zahl der Unfälle auf 11.",
        "name-not-in-fact",
    ),
    (
        "de",
        "Auf der Seestraße fuhren 28 Prozent der Autos zu schnell.",
        "Auf der Bahnhofstraße fuhren 28 Prozent der Autos zu schnell.",
        "name-not-in-fact",
    ),
    (
        "en",
        "The deficit was between 0.9 and 1.2 million euros in 2025.",
        "The deficit was at most 0.9 million euros in 2025.",
        "figure-not-in-fact",
    ),
    (
        "en",
        "The deficit was between 0.9 and 1.2 million euros in 2025.",
        "The deficit was 1.2 million euros in 2025.",
        "hedge-dropped",
    ),
]


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


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@pytest.mark.parametrize(
    "number", ["9" * 400, "9" * 400 + ".5", "1e999", "9" * 400 + " million", "$" + "9" * 400]
)
def test_numbers_of_any_length_and_raised_digits_are_compared(number: str, language: str) -> None:
    odd = f"{number} visits, one in ², {number} of {number} people, and {number} times as many"
    plain = "In 2025 the park had 40,000,000 visits."
    assert codes(plain, f"The park had {odd}.", language) is not None
    assert codes(f"The park had {odd}.", plain, language) is not None
    assert codes(f"The park had {odd}.", f"The park had {odd}, or 9{odd}.", language) is not None
