"""A letter to subscribers says how to leave, and every medium of it says the same."""

import dataclasses
import re
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.checks.run import run_checks
from advocacy.documents.email.html import render_html
from advocacy.documents.email.message import render_email
from advocacy.documents.text import render_text
from advocacy.documents.unsubscribe_links import UnsubscribeLinks
from advocacy.errors import has_errors
from advocacy.letters.compose import compose_letters
from advocacy.letters.digests import letter_digest
from advocacy.letters.letter import CheckedLetter, check
from advocacy.mail.consent.list_headers import recipient_leaving
from advocacy.mail.consent.tokens import read_keys

KEYS = read_keys("test-key-of-an-example-coalition-0123456789")
OWN = 'unsubscribe: {mailto: leave@friends.example, url: "https://friends.example/leave?a=1&b=2"}'
LETTER = tuple[CheckedLetter, Campaign]


@pytest.fixture
def parks(small_campaign: Path, edit) -> Path:
    edit(
        small_campaign,
        "title: Keep the park open\n",
        "title: Keep the park open\naudience: subscribers\n",
    )
    edit(
        small_campaign,
        "  email: letters@friends.example\n",
        f"  email: letters@friends.example\n  {OWN}\n",
    )
    return small_campaign


def first(path: Path) -> LETTER:
    campaign, problems = load_campaign(path)
    assert campaign is not None, problems
    checked, problems = check(compose_letters(campaign).letters[0], campaign)
    assert checked is not None, problems
    return checked, campaign


def own(checked: CheckedLetter) -> UnsubscribeLinks:
    letter = checked.letter
    return recipient_leaving(letter.sender, "parks/call", "jane@parks.example", "en-US", KEYS)


def test_those_who_are_asked_to_act_are_not_told_how_to_leave(parks: Path, edit) -> None:
    edit(parks, "audience: subscribers\n", "")
    checked, campaign = first(parks)
    for text in (
        render_html(checked, campaign.workspace, leaving=own(checked)),
        render_text(checked, campaign.workspace, leaving=own(checked)),
    ):
        assert "nsubscribe" not in text


def test_render_shows_the_senders_own_addresses_and_the_postal_address(parks: Path) -> None:
    checked, campaign = first(parks)
    html = render_html(checked, campaign.workspace)
    assert '<a href="https://friends.example/leave?a=1&amp;b=2"' in html
    assert (
        "You get this letter because you signed up for letters from Example Park Friends." in html
    )
    text = render_text(checked, campaign.workspace)
    assert text.endswith("Unsubscribe:\nhttps://friends.example/leave?a=1&b=2\n")
    for shown in (html, text):
        assert "1 Example Street" in shown


def test_send_shows_the_recipients_own_and_everything_else_stays_as_it_was(parks: Path) -> None:
    checked, campaign = first(parks)
    before = letter_digest(checked.letter)
    leaving = own(checked)
    assert leaving.url
    for render in (render_html, render_text):
        plain = render(checked, campaign.workspace)
        signed = render(checked, campaign.workspace, leaving=leaving)
        shown = leaving.link.replace("&", "&amp;") if render is render_html else leaving.link
        base = OWN.split('"')[1]
        base = base.replace("&", "&amp;") if render is render_html else base
        assert signed.count(shown) == 1
        assert signed.replace(shown, base) == plain
    message = message_from_bytes(
        render_email(checked, campaign.workspace, leaving=leaving), policy=SMTP
    )
    parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
    assert leaving.url in parts[0]
    assert leaving.url.replace("&", "&amp;") in parts[1]
    assert letter_digest(checked.letter) == before


def test_two_people_never_get_each_others_address(parks: Path) -> None:
    checked, campaign = first(parks)
    for name in ("ann", "bob", "ann"):
        leaving = recipient_leaving(checked.letter.sender, "m", f"{name}@x.example", "en", KEYS)
        assert leaving.url in render_text(checked, campaign.workspace, leaving=leaving)
        html = render_html(checked, campaign.workspace, leaving=leaving)
        assert leaving.url
        assert leaving.url.replace("&", "&amp;") in html
        assert "unsubscribe.invalid" not in html


def test_an_address_in_a_name_is_not_taken_for_the_place_of_the_link(parks: Path, edit) -> None:
    edit(parks, "name: Jane Doe", 'name: "Jane https://unsubscribe.invalid/the-recipients-own"')
    checked, campaign = first(parks)
    html = render_html(checked, campaign.workspace, leaving=own(checked))
    assert html.count("https://unsubscribe.invalid/the-recipients-own") >= 1
    assert html.count("friends.example/leave") == 1


def test_a_layout_that_does_more_shows_the_same_link(parks: Path, project_root: Path) -> None:
    layouts = parks.parent / "templates" / "layouts"
    layouts.mkdir()
    shipped = project_root / "templates" / "layouts"
    text = (shipped / "email.html").read_text("utf-8")
    (layouts / "email.css").write_bytes((shipped / "email.css").read_bytes())
    (layouts / "email.html").write_text("{% set own = 1 %}" + text, "utf-8")
    checked, campaign = first(parks)
    leaving = own(checked)
    assert leaving.link.replace("&", "&amp;") in render_html(
        checked, campaign.workspace, leaving=leaving
    )


def test_with_a_mail_address_alone_the_line_leads_there(parks: Path, edit) -> None:
    edit(parks, ', url: "https://friends.example/leave?a=1&b=2"', "")
    checked, campaign = first(parks)
    html = render_html(checked, campaign.workspace, leaving=own(checked))
    assert re.search(r'href="mailto:leave@friends.example\?subject=unsubscribe%20[\w-]+"', html)
    text = render_text(checked, campaign.workspace, leaving=own(checked))
    assert text.endswith("Unsubscribe:\nleave@friends.example\n")


def test_a_subscribers_letter_has_a_digest_of_its_own(parks: Path) -> None:
    letter = first(parks)[0].letter
    other = dataclasses.replace(letter, subscribed=False)
    assert letter_digest(letter) != letter_digest(other)


@pytest.mark.parametrize("language", ["de", "en-GB", "es", "fr"])
def test_the_line_is_in_the_letters_language(parks: Path, edit, language: str) -> None:
    edit(parks, "timezone:", f"language: {language}\ntimezone:")
    checked, campaign = first(parks)
    text = " ".join(render_text(checked, campaign.workspace).split())
    words = {
        "de": "für Briefe von Example Park Friends angemeldet",
        "en-GB": "signed up for letters from Example Park Friends",
        "es": "se suscribió a las de Example Park Friends",
        "fr": "celles de Example Park Friends",
    }
    assert words[language] in text


def test_the_checks_have_nothing_against_the_line(parks: Path) -> None:
    campaign, _ = load_campaign(parks)
    assert campaign is not None
    assert not has_errors(run_checks(campaign, media=True).problems)
