"""What letters share holds nothing that is one person's own."""

from datetime import date
from pathlib import Path

from advocacy.campaign.loading import load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.supporters.model import Supporter, Supporters
from advocacy.letters.compose import compose_letter
from advocacy.letters.letter import Letter
from advocacy.letters.shared_content import shared_content

DAY = date(2026, 3, 2)
BODY = """\
{{ recipient.name }} {{ recipient.name | upper }} {{ recipient.city ~ "!" }} {{ supporter.name }}
{% set who = recipient.salutation %}{% filter upper %}{{ who }}{% endfilter %}
{% if recipient.title %}{{ recipient.title | lower }}{% endif %} {{ recipient.address | join(";") }}
{% for line in recipient.address %}{{ loop.index }}. {{ line }}{% endfor %}
{{ supporter.own_words }}
"""


def composed(path: Path, number: int, signed: bool) -> Letter:
    """A letter in which each text of its people has `zq<number>` in it, and no other text has."""
    texts = {
        name: f"{name}zq{number}"
        for name in ("id", "name", "city", "title", "salutation", "organization", "postal_code")
    }
    address = [f"streetzq{number}", f"yardzq{number}"]
    recipient = Recipient.model_validate({**texts, "address": address})
    supporters = None
    if signed:
        person = [f"{field}zq{number}" for field in ("signer", "author", "town", "words")]
        supporters = Supporters((Supporter(*person[:3], own_words=person[3]),))
    campaign, problems = load_campaign(path)
    assert campaign is not None, problems
    return compose_letter(campaign, recipient, "call", DAY, supporters=supporters)


def test_nothing_in_it_is_a_persons_own(small_campaign: Path) -> None:
    (small_campaign.parent / "templates" / "letters" / "open.md").write_text(BODY, "utf-8")
    for signed in (False, True):
        letter = composed(small_campaign, 1, signed)
        assert "zq1" in repr(letter)
        assert "zq1" not in repr(shared_content(letter)).lower()


def test_letters_to_different_people_share_it(small_campaign: Path) -> None:
    (small_campaign.parent / "templates" / "letters" / "open.md").write_text(BODY, "utf-8")
    one, other = (composed(small_campaign, number, signed=True) for number in (1, 2))
    assert one != other
    first, second = shared_content(one), shared_content(other)
    assert (first, hash(first)) == (second, hash(second))
