"""What templates may print: the variables of a letter, and texts in its language."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from advocacy.campaign.addressing import organization_of
from advocacy.campaign.bills.positions import BillPosition
from advocacy.campaign.campaign import Precedent, Sender, Signatory
from advocacy.campaign.demand import Demand
from advocacy.campaign.languages import LocalText, primary_language
from advocacy.campaign.loading import Campaign
from advocacy.campaign.recipients import Recipient
from advocacy.campaign.stages import bill_position
from advocacy.campaign.supporters import Supporters
from advocacy.errors import Place, Problem
from advocacy.letters.cosigning import cosigners_of
from advocacy.templating.citation_marks import Own, owned
from advocacy.templating.values import Missing


class Texts:
    """Texts in the letter's language; a missing one becomes a problem."""

    def __init__(self, language: str, own: str | None = None) -> None:
        """`own` is the campaign's language, in which a text stands that names none."""
        self.language = language
        self.own = own or language
        self.problems: list[Problem] = []

    def get(self, text: LocalText, place: Place | None) -> str:
        """The text in the letter's language, or nothing and a problem at its place."""
        main = primary_language(self.language)
        found = text.get(self.language)
        if found is not None and (text.languages or main == primary_language(self.own)):
            return found
        if text.languages:
            there = f"it exists only in {', '.join(text.languages)}"
            hint = f"Add `{main}:` with the translation."
        else:
            there, first = f"it is only available in `{self.own}`", primary_language(self.own)
            hint = f"Write it for each language, on separate lines: `{first}: …` and `{main}: …`."
        message = f"This text is required in `{self.language}`, but {there}."
        self.problems.append(Problem("missing-language", message, hint, place))
        return ""


def template_variables(
    campaign: Campaign,
    recipient: Recipient,
    stage: str,
    day: date,
    texts: Texts,
    variants: Mapping[str, str],
    supporters: Supporters | None,
    previous: Mapping[str, Any],
) -> dict[str, Any]:
    """All variables of a letter, by name; `variants` are the names of the chosen ones by part.

    `supporters` write the letter; without them, the sender does. `previous` is what it prints of
    the letter before.
    """
    count = supporters.count if supporters else 0
    position = bill_position(campaign, campaign.file.stages[stage], recipient, day)
    return {
        **shared_variables(campaign, stage, day, texts, variants, count, previous),
        **own_variables(campaign, recipient, supporters, position),
    }


def own_variables(
    campaign: Campaign,
    recipient: Recipient,
    supporters: Supporters | None,
    position: BillPosition | None,
) -> dict[str, dict[str, Any]]:
    """The groups of variables in which letters of one stage differ: texts and lists of texts.

    `position` is what the recipient is to the stage's bill, if it has one.
    """
    return {
        "recipient": recipient_variables(campaign, recipient) | position_variables(position),
        "supporter": supporter_variables(campaign, supporters),
    }


def shared_variables(
    campaign: Campaign,
    stage: str,
    day: date,
    texts: Texts,
    variants: Mapping[str, str],
    supporters: int,
    previous: Mapping[str, Any],
) -> dict[str, Any]:
    """The other variables, which are the same whoever writes to whom.

    `supporters` is how many write each letter, 0 for the sender's own; `previous` is what they
    print of the letter before.
    """
    file = campaign.file
    target, sender = file.target, file.sender
    openings = file.stages[stage].variants
    return {
        "campaign": {"id": file.id, "title": texts.get(file.title, file.place("title"))},
        "stage": stage,
        "date": day,
        "supporters": {"count": supporters},
        "target": {"organization": target.organization, "address": target.address},
        "demand": _demand(file.stage_demand(file.stages[stage]), day, texts),
        "previous": previous,
        "precedents": [
            _precedent(precedent, texts) for precedent in file.stage_precedents(file.stages[stage])
        ],
        "sender": {
            "organization": sender.organization,
            "email": sender.email,
            "reply_to": sender.reply_to or sender.email,
            "phone": sender.phone or "",
            "url": sender.url or "",
            "signatories": [
                {"name": person.name, "title": person.office or ""}
                for person in signatories_on(sender, day, texts)
            ],
        },
        "cosigners": [cosigner.organization for cosigner in cosigners_of(campaign, stage)],
        "opening": openings.opening[variants["opening"]]
        if openings and "opening" in variants
        else "",
    }


def signatories_on(sender: Sender, day: date, texts: Texts) -> tuple[Signatory, ...]:
    """The sender's people with their titles of a day, in one language.

    The same object where no title depends on the day or the language.
    """
    people = sender.signatories
    plain = not any(one.titles or (one.title and one.title.languages) for one in people)
    if plain and primary_language(texts.language) == primary_language(texts.own):
        return people
    return tuple(_signatory(one, day, texts) for one in people)


def _signatory(person: Signatory, day: date, texts: Texts) -> Signatory:
    title = person.on(day).title
    if title is None:
        return person.on(day)
    text = texts.get(title, person.place("titles" if person.titles else "title"))
    return person.model_copy(update={"title": LocalText.of(text)})


def recipient_variables(campaign: Campaign, recipient: Recipient) -> dict[str, Any]:
    """What templates may print of a recipient: every known column, and the list's others."""
    own = {
        **recipient.other,
        "id": recipient.letter_id,
        "name": recipient.full_name,
        "given_name": recipient.given_name or "",
        "family_name": recipient.family_name or "",
        "suffix": recipient.suffix or "",
        "honorific": recipient.honorific or "",
        "title": recipient.title or "",
        "salutation": recipient.greeted,
        "address": recipient.address,
        "city": recipient.city or "",
        "region": recipient.region or "",
        "postal_code": recipient.postal_code or "",
        "email": recipient.email or "",
    }
    return {
        **owned(own),
        "organization": Own(recipient.organization)
        if recipient.organization
        else organization_of(campaign, recipient),
        "country": recipient.country or campaign.file.target.country or "",
        # Templates ask for it; letters to all who have the same are put together once.
        "gender": recipient.gender or "",
        "language": recipient.language or campaign.file.language,
    }


def position_variables(position: BillPosition | None) -> dict[str, Any]:
    """What templates may ask of a recipient's position on the stage's bill; empty without one.

    `position` is the main one, `ask` what can be asked of the recipient: “cosponsor”, “schedule a
    hearing”, “urge a hearing”, “advance”, “vote” or “none”. `bill_committees` are those with the
    bill before them and on which the recipient sits. `vote` is “yea”, “nay”, “present”, “not
    voting”, or empty.
    """
    if position is None:
        return {}
    # These are shared by many, so that letters are put together once for all who have the same.
    return {
        "bill": position.bill.number,
        "bill_name": position.bill.name,
        "position": position.name,
        "ask": position.ask,
        "bill_committees": position.committees,
        "cosponsor_since": position.cosponsor_since or "",
        "vote": position.vote,
    }


def supporter_variables(campaign: Campaign, supporters: Supporters | None) -> dict[str, Any]:
    """What templates may print of the one supporter who writes; all empty where none does."""
    one = supporters.one if supporters else None
    columns = one.columns if one else dict.fromkeys(campaign.file.supporters.match, "")
    return owned(
        {
            **columns,
            "id": one.id if one else "",
            "name": one.name if one else "",
            "town": one.town if one else "",
            "email": (one.email if one else None) or "",
            "own_words": one.own_words if one else "",
        }
    )


def _demand(demand: Demand | None, day: date, texts: Texts) -> dict[str, Any]:
    if demand is None:
        nothing = Missing(
            "The template uses the demand, but this stage has no demand.",
            "Remove that line from the template, or add `demand:` to the stage.",
        )
        return {"summary": nothing, "asks": [], "reply_by": nothing}
    no_deadline = Missing(
        "The template prints `demand.reply_by`, but the demand has no deadline.",
        "Add `reply_by: 14 days`, or put the sentence in `{% if demand.reply_by %}…{% endif %}`.",
    )
    return {
        "summary": texts.get(demand.summary, demand.place("summary")),
        "asks": [texts.get(ask, demand.place("asks", i)) for i, ask in enumerate(demand.asks)],
        "reply_by": demand.deadline(day) or no_deadline,
    }


def _precedent(precedent: Precedent, texts: Texts) -> dict[str, Any]:
    return {
        "organization": precedent.organization,
        "action": texts.get(precedent.action, precedent.place("action")),
        "fact": precedent.fact,
    }
