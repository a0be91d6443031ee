"""What a sentence says to be left undone, “all” of so many, and numbers told in other words."""

import pytest

from tests.checks.test_agreement import codes

DIFFER = [
    (
        "en",
        "Both districts have stopped alternate meals.",
        "Both districts have refused to stop alternate meals.",
    ),
    (
        "en",
        "The company published the report in May.",
        "The company declined to publish the report.",
    ),
    (
        "en",
        "The board has yet to publish the audit of the wells.",
        "The board published the audit of the wells.",
    ),
    (
        "en",
        "The council consulted the residents of the street.",
        "The street was closed without consulting residents.",
    ),
    ("en", "Both councils failed to inspect the bridge.", "Both councils did inspect the bridge."),
    (
        "en",
        "The senate voted to table the bill on rents.",
        "The senate voted to pass the bill on rents.",
    ),
    (
        "en",
        "Of the shops asked, 31 reported lower takings.",
        "Of the shops asked, 31 reported no change in takings.",
    ),
    (
        "de",
        "Die Stadt hat den Bericht über die Brunnen veröffentlicht.",
        "Die Stadt weigert sich, den Bericht über die Brunnen zu veröffentlichen.",
    ),
    (
        "de",
        "Ein Drittel der Kinder kann nicht sicher schwimmen.",
        "Ein Drittel der Kinder kann sicher schwimmen.",
    ),
    (
        "fr",
        "La ville a publié le rapport sur les puits.",
        "La ville a refusé de publier le rapport sur les puits.",
    ),
    (
        "fr",
        "Sur 500 usagers, 62 % sont âgés et 140 n'ont pas de voiture.",
        "Sur 500 usagers, 62 % sont âgés et 140 ont une voiture.",
    ),
    (
        "es",
        "El banco publicó el informe sobre las oficinas.",
        "El banco se negó a publicar el informe sobre las oficinas.",
    ),
    (
        "es",
        "El Ayuntamiento dejó de analizar el agua de los pozos.",
        "El Ayuntamiento analizó el agua de los pozos.",
    ),
    (
        "en",
        "Three of the five schools go to the pool by bus.",
        "All five schools go to the pool by bus.",
    ),
    ("de", "Drei der fünf Schulen fahren ins Bad.", "Alle fünf Schulen fahren ins Bad."),
    (
        "fr",
        "Trois des cinq écoles vont à la piscine.",
        "Toutes les cinq écoles, tous les cinq bassins vont à la piscine.",
    ),
    (
        "es",
        "Tres de las cinco escuelas van a la piscina.",
        "Todas las cinco escuelas van a la piscina.",
    ),
]
AGREE = [
    (
        "es",
        "La Consejería no ha publicado las actas de inspección.",
        "Las actas de inspección siguen sin publicarse por parte de la Consejería.",
    ),
    (
        "en",
        "If the unit closes, the median drive to the hospital would rise to 74 minutes.",
        "Without the unit the median drive to the hospital would be 74 minutes.",
    ),
    ("en", "The company refused to publish the report.", "The company did not publish the report."),
    (
        "en",
        "The company refused to publish the report.",
        "The company declined to publish the report.",
    ),
    (
        "en",
        "The board has yet to publish the audit.",
        "The audit of the board is not published yet.",
    ),
    (
        "en",
        "The eleven lavatories cost £264,000 to run.",
        "All eleven lavatories cost £264,000 to run.",
    ),
    (
        "es",
        "El banco ganó 94 millones en 2025, frente a 81 millones en 2024.",
        "El banco ganó 94 millones en 2025, más que los 81 del año anterior.",
    ),
    (
        "en",
        "It made 94 million in 2025, against 81 million in 2024.",
        "It made 94 million in 2025, thirteen more than the year before.",
    ),
    ("en", "It raised the rate from 9.8p to 16.4p.", "The rate is 16.4p, 6.6p more than before."),
    (
        "en",
        "The van was taken out of service on July 1, 2026.",
        "Until the end of June the van was in service.",
    ),
    (
        "es",
        "Costó 184.000 euros entre julio y agosto de 2026.",
        "Costó 184.000 euros entre el 1 de julio y agosto de 2026.",
    ),
    (
        "fr",
        "La pétition a recueilli 1 260 signatures pour 3 900 habitants.",
        "La pétition a recueilli près d'une signature pour trois habitants.",
    ),
    ("de", "Jede zweite Linde ist geschädigt.", "Von den Linden sind 50 Prozent geschädigt."),
    (
        "de",
        "Auf der Liste des Vereins stehen 214 Kinder.",
        "Auf der Warteliste des Vereins stehen 214 Kinder.",
    ),
    ("de", "Neun der elf Hebammen wollen bleiben.", "Die meisten der elf Hebammen wollen bleiben."),
    (
        "en",
        "One visitor in five entered the museum for the first time.",
        "One visitor in five had never entered the museum before.",
    ),
    (
        "es",
        "El ganadero dijo que cumple la norma.",
        "El ganadero lo ha dicho mejor que nosotros: cumple la norma.",
    ),
    (
        "es",
        "En 2025 hubo 142 noches útiles, frente a 171 en 2016.",
        "Hubo 142 noches útiles en 2025, veintinueve más en 2016.",
    ),
    (
        "en",
        "Each district, unless it can show a benefit to pupils, should cease the meals.",
        "A district that cannot show a benefit to pupils should cease the meals.",
    ),
]


@pytest.mark.parametrize(("language", "fact", "sentence"), DIFFER)
def test_what_is_left_undone_or_holds_of_some_is_told(
    language: str, fact: str, sentence: str
) -> None:
    assert codes(fact, sentence, language)


@pytest.mark.parametrize(("language", "fact", "sentence"), AGREE)
def test_the_same_in_other_words_is_left_alone(language: str, fact: str, sentence: str) -> None:
    assert codes(fact, sentence, language) == []
