"""How letters greet and close in each language, and how the envelope names a person."""

from typing import Any

import pytest

from advocacy.campaign.recipients import Recipient
from advocacy.campaign.recipients.gendered_forms import envelope_name
from advocacy.campaign.salutations import close_of, salutation_of
from advocacy.campaign.set_phrases import read_set_phrases
from advocacy.errors import AdvocacyError
from advocacy.files.workspace import Workspace

ANNA = {"given_name": "Anna", "family_name": "Weiß"}
UWE = {"given_name": "Uwe", "family_name": "Groß"}
LEA = {"given_name": "Léa", "family_name": "Petit"}
EVA = {"given_name": "Eva", "family_name": "Ruiz"}
JOHN = {"given_name": "John", "family_name": "Smith"}


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace.of(tmp_path / "campaign.yaml")


def lines(
    columns: dict[str, Any],
    language: str,
    workspace: Workspace,
    greeting: str = "",
    closing: str = "",
    signers: int = 1,
) -> tuple[str, str]:
    person = Recipient.model_validate(columns)
    words = read_set_phrases(language, workspace)
    salutation = salutation_of(person, words, language, greeting)
    return salutation.line, close_of(person, words, closing, salutation, signers)


@pytest.mark.parametrize(
    ("language", "columns", "salutation"),
    [
        ("de", {**ANNA, "gender": "w"}, "Sehr geehrte Frau Weiß,"),
        ("de", {**UWE, "honorific": "Herr Dr."}, "Sehr geehrter Herr Dr. Groß,"),
        ("de", {**ANNA, "honorific": "Frau Prof. Dr."}, "Sehr geehrte Frau Professorin Weiß,"),
        ("de", {**UWE, "honorific": "Mr."}, "Sehr geehrter Herr Groß,"),
        ("de", {"name": "Dr. Hans Groß", "gender": "male"}, "Sehr geehrter Herr Dr. Groß,"),
        ("de", {"name": "Dr. med. Hans Groß", "gender": "male"}, "Sehr geehrter Herr Dr. Groß,"),
        ("de", {"name": "Herr Dr.-Ing. Hans Groß"}, "Sehr geehrter Herr Dr. Groß,"),
        ("de", {"name": "Hans Groß", "gender": "m", "honorific": "Dr."},
         "Sehr geehrter Herr Dr. Groß,"),
        ("de", {"name": "Prof. Dr. Karla Müller", "gender": "w"},
         "Sehr geehrte Frau Professorin Müller,"),
        ("de", {"name": "Prof. Peter Meier", "gender": "m"}, "Sehr geehrter Herr Professor Meier,"),
        ("de", {"name": "Tom Klein", "gender": "m"}, "Sehr geehrter Herr Klein,"),
        ("de", {"name": "Tom P. Klein, MdB", "gender": "m"}, "Sehr geehrter Herr Klein,"),
        ("de", {"name": "Jörg von der Heide", "gender": "m"}, "Sehr geehrter Herr von der Heide,"),
        ("de", {"name": "Eva zu Sayn-Wittgenstein", "gender": "w"},
         "Sehr geehrte Frau zu Sayn-Wittgenstein,"),
        ("de", {"name": "Otto Graf Lambsdorff", "gender": "m"},
         "Sehr geehrter Herr Graf Lambsdorff,"),
        # Which of three names, or of a Chinese name, is the family's cannot be known.
        ("de", {"name": "Eva Maria Groß", "gender": "w"}, "Sehr geehrte Frau Eva Maria Groß,"),
        ("de", {"name": "Wang Fang", "gender": "w"}, "Sehr geehrte Frau Wang Fang,"),
        ("de", {"name": "Nagy Viktória", "gender": "w", "language": "hu"},
         "Sehr geehrte Frau Nagy Viktória,"),
        ("de", {"name": "Frau Anna Weiß"}, "Sehr geehrte Frau Weiß,"),
        ("de", {"name": "M. Müller"}, "Guten Tag, M. Müller,"),
        ("de", {"name": "C. Müller", "honorific": "Dr."}, "Guten Tag, Dr. C. Müller,"),
        ("de", {"name": "Don Müller"}, "Guten Tag, Don Müller,"),
        ("fr", {"name": "M. Jean Petit"}, "Monsieur,"),
        ("de", {"name": "Maxi Muster", "honorific": "Dr."}, "Guten Tag, Dr. Maxi Muster,"),
        ("de", {**ANNA, "honorific": "Prof. Dr."}, "Guten Tag, Prof. Anna Weiß,"),
        ("de", {"name": "Maxi Muster", "title": "Oberbürgermeisterin"},
         "Sehr geehrte Frau Oberbürgermeisterin,"),
        ("de", ANNA, "Guten Tag, Anna Weiß,"),
        ("de", {**ANNA, "gender": "divers"}, "Guten Tag, Anna Weiß,"),
        ("de", {**UWE, "gender": "Herr"}, "Sehr geehrter Herr Groß,"),
        ("fr", {**LEA, "gender": "Mme"}, "Madame,"),
        ("de", {**ANNA, "title": "Mitglied des Deutschen Bundestages", "gender": "female"},
         "Sehr geehrte Frau Abgeordnete,"),
        ("de", {**UWE, "title": "MdB", "gender": "m"}, "Sehr geehrter Herr Abgeordneter,"),
        ("de", {**ANNA, "title": "Bundesministerin der Justiz"},
         "Sehr geehrte Frau Bundesministerin,"),
        # A man's title may stand for anybody.
        ("de", {**ANNA, "title": "Bürgermeister"}, "Guten Tag, Anna Weiß,"),
        ("de", {**ANNA, "salutation": "Frau Kollegin Weiß"}, "Sehr geehrte Frau Kollegin Weiß,"),
        ("de", {"name": "Anna Weiß", "salutation": "Anna"}, "Guten Tag, Anna,"),
        ("de", {"organization": "Umweltamt"}, "Sehr geehrte Damen und Herren,"),
        ("fr", {**LEA, "gender": "f"}, "Madame,"),
        ("fr", {**LEA, "title": "Députée de Paris"}, "Madame la Députée,"),
        ("fr", {**LEA, "title": "Maire de Lyon", "honorific": "Mme"}, "Madame la Maire,"),
        ("fr", {**LEA, "title": "Maire de Lyon"}, "Madame, Monsieur,"),
        ("fr", {**LEA, "title": "Directrice générale"}, "Madame la Directrice générale,"),
        ("fr", {"name": "Jean Petit", "honorific": "Me"}, "Maître,"),
        ("fr", {"name": "Jean Petit", "honorific": "M."}, "Monsieur,"),
        ("fr", LEA, "Madame, Monsieur,"),
        ("fr", {"organization": "Mairie"}, "Madame, Monsieur,"),
        ("es", {**EVA, "gender": "mujer"}, "Distinguida Sra. Ruiz:"),
        ("es", {**EVA, "honorific": "Dra."}, "Distinguida Dra. Ruiz:"),
        ("es", {"name": "Juan Gil", "honorific": "Sr."}, "Distinguido Sr. Juan Gil:"),
        ("es", {**EVA, "title": "Diputada"}, "Distinguida señora diputada:"),
        ("es", EVA, "Eva Ruiz:"),
        ("es", {"organization": "Ayuntamiento"}, "A quien corresponda:"),
        ("en-GB", {**JOHN, "honorific": "Mr."}, "Dear Mr Smith,"),
        ("en-GB", {"name": "Jane Roe", "salutation": "Dr. Roe"}, "Dear Dr Roe,"),
        ("en-GB", {"organization": "Example Council"}, "Dear Sir or Madam,"),
        ("en-US", {**JOHN, "honorific": "Mr."}, "Dear Mr. Smith:"),
        ("en-US", {**JOHN, "gender": "male"}, "Dear John Smith:"),
        ("en-US", {"organization": "Example Corporation"}, "Dear Example Corporation:"),
        ("de", {**ANNA, "greeting": "Liebe Anna!"}, "Liebe Anna!"),
    ],
)  # fmt: skip
def test_a_letter_greets_as_its_language_does(
    language: str, columns: dict[str, Any], salutation: str, workspace: Workspace
) -> None:
    assert lines(columns, language, workspace)[0] == salutation


@pytest.mark.parametrize(
    ("language", "columns", "signers", "close"),
    [
        ("de", ANNA, 1, "Mit freundlichen Grüßen"),
        ("fr", {**LEA, "title": "Députée de Paris"}, 1,
         "Veuillez agréer, Madame la Députée, l’expression de ma haute considération."),
        ("fr", {**LEA, "title": "Députée de Paris"}, 2,
         "Veuillez agréer, Madame la Députée, l’expression de notre haute considération."),
        ("fr", LEA, 1, "Veuillez agréer, Madame, Monsieur, mes salutations distinguées."),
        ("fr", {**LEA, "salutation": "Madame la Députée"}, 1,
         "Veuillez agréer, Madame la Députée, l’expression de ma haute considération."),
        ("en-GB", JOHN, 1, "Yours sincerely,"),
        ("en-GB", {"organization": "Example Council"}, 1, "Yours faithfully,"),
        ("en-US", {"organization": "Example Corporation"}, 1, "Sincerely,"),
        ("fr", {**LEA, "closing": "Bien à toi,"}, 1, "Bien à toi,"),
    ],
)  # fmt: skip
def test_a_letter_closes_as_its_language_does(
    language: str, columns: dict[str, Any], signers: int, close: str, workspace: Workspace
) -> None:
    assert lines(columns, language, workspace, signers=signers)[1] == close


@pytest.mark.parametrize(
    ("language", "columns", "name"),
    [
        ("de", {**UWE, "honorific": "Herr Dr."}, "Herrn Dr. Uwe Groß"),
        ("de", {**UWE, "gender": "m"}, "Herrn Uwe Groß"),
        ("de", UWE, "Uwe Groß"),
        ("de", {"name": "Hans Groß", "gender": "male", "honorific": "Dr."}, "Herrn Dr. Hans Groß"),
        ("de", {"name": "Prof. Dr. Karla Müller", "gender": "w"}, "Frau Prof. Dr. Karla Müller"),
        ("de", {"name": "Dr. Hans Groß"}, "Dr. Hans Groß"),
        ("de", {"name": "Herr Hans Groß"}, "Herrn Hans Groß"),
        ("de", {"name": "Maxi Muster", "title": "Oberbürgermeisterin"}, "Frau Maxi Muster"),
        ("de", {"name": "Maxi Muster", "title": "Abgeordnete"}, "Frau Maxi Muster"),
        ("fr", {**LEA, "gender": "f", "honorific": "Me"}, "Me Léa Petit"),
        ("es", {**EVA, "honorific": "Dra."}, "Dra. Eva Ruiz"),
        ("de", {"name": "Dr. Anna Weiß", "gender": "w"}, "Frau Dr. Anna Weiß"),
        ("de", {"name": "Frau Anna Weiß", "gender": "w"}, "Frau Anna Weiß"),
        ("fr", {**LEA, "gender": "f"}, "Madame Léa Petit"),
        ("es", {**EVA, "gender": "f"}, "Sra. D.ª Eva Ruiz"),
        ("en-GB", {**JOHN, "honorific": "Mr."}, "Mr John Smith"),
        ("en-GB", {"name": "John St. John"}, "John St John"),
        ("en-US", {**JOHN, "honorific": "Mr."}, "Mr. John Smith"),
    ],
)
def test_the_envelope_names_a_person_as_the_language_does(
    language: str, columns: dict[str, Any], name: str
) -> None:
    assert envelope_name(Recipient.model_validate(columns), language) == name


def test_a_stages_greeting_and_closing_take_the_recipients_values(workspace: Workspace) -> None:
    said = lines(ANNA, "de", workspace, "Liebe {given_name},", "{greeting}, bis bald!")
    assert said == ("Liebe Anna,", "Liebe Anna, bis bald!")


def test_a_person_who_lacks_a_value_of_the_greeting_is_told(workspace: Workspace) -> None:
    with pytest.raises(AdvocacyError) as raised:
        lines({"name": "Anna Weiß"}, "de", workspace, "Liebe {given_name},")
    (problem,) = raised.value.problems
    assert problem.code == "missing-value"
    assert "{given_name}" in problem.message
