"""An error is what a sentence close to its fact says otherwise; an honest sentence raises none."""

# ruff: noqa: E501 - one case a line is compared at a glance
import pytest

from advocacy.checks.agreement.evidence import Evidence
from advocacy.checks.agreement.names import Parties
from advocacy.checks.agreement.reading import Reading, read
from advocacy.checks.agreement.sentences import sentence_differences
from advocacy.checks.codes import find_code
from advocacy.errors import Level


def reading(text: str, language: str) -> Reading:
    found = read(text, language)
    assert found is not None
    return found


def sure(language: str, sentence: str, *facts: str) -> list[str]:
    """The codes of the errors of a sentence that cites some facts."""
    evidence = [Evidence(f"fact-{n}", reading(fact, language)) for n, fact in enumerate(facts)]
    found = sentence_differences(reading(sentence, language), evidence, [], Parties("", ""))
    return [one.code for one in found if one.sure and find_code(one.code).level is Level.ERROR]


HONEST = [
    # a fraction that follows from two numbers
    ("en", "In other words, one euro in four went to prevention.", "The ministry spent 7.8 of its 31.2 million euros on prevention."),
    ("de", "Das ist jeder vierte Euro.", "Das Ministerium gab 7,8 von 31,2 Millionen Euro für Vorsorge aus."),
    ("fr", "Soit un euro sur quatre pour la prévention.", "Le ministère a consacré 7,8 des 31,2 millions d'euros à la prévention."),
    ("es", "Es decir, uno de cada cuatro euros se dedicó a la prevención.", "La Consejería destinó a la prevención 7,8 de los 31,2 millones de euros."),
    # a sum
    ("en", "Together that is 95 homes.", "The council closed 41 homes in the north and 54 homes in the south."),
    ("de", "Zusammen sind das 95 Heime.", "Die Stadt schloss 41 Heime im Norden und 54 Heime im Süden."),
    ("fr", "Au total, cela fait 95 foyers.", "La ville a fermé 41 foyers au nord et 54 foyers au sud."),
    ("es", "En total son 95 centros.", "La ciudad cerró 41 centros en el norte y 54 centros en el sur."),
    # two of these
    ("en", "Two of these have no doctor.", "The county closed seven clinics in 2024."),
    ("de", "Zwei davon haben keinen Arzt.", "Der Kreis schloss 2024 sieben Praxen."),
    ("fr", "Deux d'entre elles n'ont pas de médecin.", "Le département a fermé sept cliniques en 2024."),
    ("es", "Dos de ellas no tienen médico.", "La provincia cerró siete clínicas en 2024."),
    # rounded numbers
    ("en", "Complaints rose from roughly 9,000 to nearly 19,000.", "Complaints rose from 9,150 to 18,730."),
    ("de", "Die Beschwerden stiegen von rund 9.000 auf fast 19.000.", "Die Beschwerden stiegen von 9.150 auf 18.730."),
    ("fr", "Les plaintes sont passées d'environ 9 000 à près de 19 000.", "Les plaintes sont passées de 9 150 à 18 730."),
    ("es", "Las quejas pasaron de unas 9.000 a casi 19.000.", "Las quejas pasaron de 9.150 a 18.730."),
    # an age
    ("en", "Anna Weller, 71, waited for three hours.", "Anna Weller waited for three hours."),
    ("de", "Anna Weller, 71, wartete drei Stunden.", "Anna Weller wartete drei Stunden."),
    ("fr", "Anna Weller, 71 ans, a attendu trois heures.", "Anna Weller a attendu trois heures."),
    ("es", "Anna Weller, de 71 años, esperó tres horas.", "Anna Weller esperó tres horas."),
    # a price for each
    ("en", "That comes to $2,500 a bench.", "The city paid $100,000 for 40 benches."),
    ("de", "Das macht 2.500 Euro je Bank.", "Die Stadt zahlte 100.000 Euro für 40 Bänke."),
    ("fr", "Cela fait 2 500 euros par banc.", "La ville a payé 100 000 euros pour 40 bancs."),
    ("es", "Son 2.500 euros por banco.", "La ciudad pagó 100.000 euros por 40 bancos."),
    # a half after the unit, a difference, a bound in time
    ("en", "Four pounds and a half a day is what the television costs.", "The television costs £3.60 a day on average and £4.50 a day at most."),
    ("de", "Fünf Cent je Liter trennen die torffreie Erde von der anderen.", "Torffreie Erde kostet 34 Cent je Liter, torfhaltige 29 Cent."),
    ("fr", "Le détour en fait neuf et demi sur la route.", "Le sentier fait 7 kilomètres ; le détour fait 9,5 kilomètres sur la route."),
    ("es", "Cuatro euros y medio al día cuesta la televisión.", "La televisión cuesta 3,60 euros al día de media, y la más cara 4,50 euros."),
    ("en", "The last published research dates from before 1980.", "The remains have been on display since 1962, and no research on them has been published."),
    # numbers of a law
    ("en", "Under 42 CFR 438.210 and 15 U.S.C. § 2661, a plan may set limits.", "The plan set limits in 2024."),
    # two events
    ("en", "Brewster set a cap in 2023, and complaints fell from 188 in the year before to 71 in 2025.", "Brewster capped fees in 2023, and complaints about towing fell from 188 in 2022 to 71 in 2025."),
    ("de", "Der Kreis schloss 2021 das Bad, und wir schrieben Ihnen im Mai 2024.", "Der Kreis schloss 2021 das Bad."),
    ("fr", "La ville a fermé la piscine en 2021, et nous vous avons écrit en mai 2024.", "La ville a fermé la piscine en 2021."),
    ("es", "La ciudad cerró la piscina en 2021, y le escribimos en mayo de 2024.", "La ciudad cerró la piscina en 2021."),
    # reported speech within a question
    ("en", "Did Mayor Holt say that he would close 12 schools?", "Superintendent Ruiz said that he would close nine schools."),
    ("de", "Sagte Peter Holt, er werde zwölf Schulen schließen?", "Schulrätin Eva Ruiz sagte, sie werde neun Schulen schließen."),
    ("fr", "Paul Holt a-t-il dit qu'il fermerait 12 écoles ?", "Eva Ruiz a dit qu'elle fermerait neuf écoles."),
    ("es", "¿Dijo Pablo Holt que cerraría 12 escuelas?", "Eva Ruiz dijo que cerraría nueve escuelas."),
    # what a report says, and its title
    ("en", "The report “Fifty Years Late” finds that 12 bridges are unsafe.", "12 bridges are unsafe, the auditor found."),
    ("de", "Der Bericht „Fünfzig Jahre zu spät“ nennt 12 Brücken unsicher.", "12 Brücken sind unsicher, fand der Prüfer."),
    ("fr", "Le rapport « Cinquante ans de retard » juge 12 ponts dangereux.", "12 ponts sont dangereux, selon l'auditeur."),
    ("es", "El informe «Cincuenta años tarde» considera inseguros 12 puentes.", "12 puentes son inseguros, según el auditor."),
    # other words than the fact's, with a number of the sender's
    ("en", "Our own volunteers counted 340 cars on Mill Lane.", "The county reported 210 trucks a day on Route 9."),
    ("de", "Unsere Helfer zählten 340 Autos in der Mühlgasse.", "Der Kreis meldete täglich 210 Lastwagen auf der B 9."),
    ("fr", "Nos bénévoles ont compté 340 voitures rue du Moulin.", "Le département annonce 210 camions par jour sur la D9."),
    ("es", "Nuestros voluntarios contaron 340 coches en la calle Molino.", "La provincia registró 210 camiones al día en la N-9."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "sentence", "fact"), HONEST)
def test_an_honest_sentence_raises_no_error(language: str, sentence: str, fact: str) -> None:
    assert sure(language, sentence, fact) == []


@pytest.mark.parametrize(
    ("language", "sentence", "fact", "code"),
    [
        ("en", "The council closed 57 homes in the north.", "The council closed 41 homes in the north.", "figure-not-in-fact"),
        ("de", "Die Stadt schloss 57 Heime im Norden.", "Die Stadt schloss 41 Heime im Norden.", "figure-not-in-fact"),
        ("fr", "La ville a fermé 57 foyers au nord.", "La ville a fermé 41 foyers au nord.", "figure-not-in-fact"),
        ("es", "La ciudad cerró 57 centros en el norte.", "La ciudad cerró 41 centros en el norte.", "figure-not-in-fact"),
        ("en", "The council closed the pool in May 2022.", "The council closed the pool in March 2021.", "date-not-in-fact"),
        ("de", "Der Kreis schloss das Bad im Mai 2022.", "Der Kreis schloss das Bad im März 2021.", "date-not-in-fact"),
        ("fr", "La ville a fermé la piscine en mai 2022.", "La ville a fermé la piscine en mars 2021.", "date-not-in-fact"),
        ("es", "La ciudad cerró la piscina en mayo de 2022.", "La ciudad cerró la piscina en marzo de 2021.", "date-not-in-fact"),
    ],
)  # fmt: skip
def test_another_number_in_the_place_of_the_facts_own_is_an_error(
    language: str, sentence: str, fact: str, code: str
) -> None:
    assert sure(language, sentence, fact) == [code]


@pytest.mark.parametrize(
    ("language", "sentence", "fact"),
    [
        ("en", "It asked 163 cleaners: none had been trained.", "Of 163 cleaners, 118 had not been trained."),
        ("de", "Gefragt wurden 163 Leute, und alle fahren nachts.", "Von 163 Befragten fahren 118 nachts."),
        ("fr", "Le syndicat en a interrogé 163 : tous disent n'avoir jamais été formés.", "Sur 163 agents interrogés, 118 disent n'avoir jamais été formés."),
        ("es", "El sindicato preguntó a 275: ninguno había recibido formación.", "De 275 brigadistas, 198 no habían recibido formación."),
    ],
)  # fmt: skip
def test_all_of_a_number_is_told_where_the_fact_counts_some_of_it(
    language: str, sentence: str, fact: str
) -> None:
    evidence = [Evidence("fact", reading(fact, language))]
    found = sentence_differences(reading(sentence, language), evidence, [], Parties("", ""))
    assert "hedge-dropped" in [one.code for one in found]


@pytest.mark.parametrize(
    "sentence",
    ["All 163 cleaners were asked, and 118 had not been trained.", "It asked 163 cleaners, and 118 of them all say so."],
)  # fmt: skip
def test_all_beside_the_facts_own_count_is_quiet(sentence: str) -> None:
    evidence = [Evidence("fact", reading("Of 163 cleaners, 118 had not been trained.", "en"))]
    found = sentence_differences(reading(sentence, "en"), evidence, [], Parties("", ""))
    assert "hedge-dropped" not in [one.code for one in found]
