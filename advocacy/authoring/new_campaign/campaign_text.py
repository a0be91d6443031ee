"""The campaign file of a new campaign, with notes that teach."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from advocacy.authoring.new_campaign.models import Answers
from advocacy.authoring.new_campaign.records import FactEntry, entries, entry, typed
from advocacy.campaign.recipients.model import slug
from advocacy.files.yaml.splicing import written

WINDOW = timedelta(days=30)
TIME_TO_ANSWER = timedelta(days=7)
STAGE = "call"


def campaign_text(answers: Answers, template: str, facts: Sequence[FactEntry], folder: Path) -> str:
    """The text of `<name>.yaml` in a folder; `template` is the name of its letter."""
    parts = (
        _head(answers, folder),
        _target(answers),
        _demand(answers),
        _precedents(answers, facts),
        _sender(answers),
        _named_files(answers.name, bool(facts)),
        _stages(answers, template),
    )
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _head(answers: Answers, folder: Path) -> Iterator[str]:
    file = typed(folder / f"{answers.name}.yaml")
    if (folder / "schemas" / "campaign.json").is_file():
        yield "# yaml-language-server: $schema=schemas/campaign.json"
    yield f"# The campaign “{answers.name}”: whom you ask, for what, and by when. Lines that begin"
    yield "# with `#`, like this one, are notes. After each change, type:"
    yield f"#     advocacy check {file}"
    yield entry("id", answers.name, note="names the output folder; leave it as it is")
    yield entry("title", answers.demand)
    yield entry("language", answers.language, note="of dates, quotation marks and hyphens")
    yield entry("timezone", answers.timezone, note="whose days the dates are")


def _target(answers: Answers) -> Iterator[str]:
    yield "# Whom you ask. One letter is made for each of the addressees; add more below the first."
    yield "# For a long list, name a table instead: `recipients: lists/people.csv`."
    yield "target:"
    yield entry("organization", answers.target, 2)
    yield entry("address", answers.target_address, 2)
    yield from entries({"country": answers.country}, 2)
    yield "  addressees:"
    yield f"    - {entry('id', slug(answers.to))}"
    told = {"title": answers.to_title, "salutation": answers.salutation, "email": answers.to_email}
    yield from entries({"name": answers.to, **told}, 6)
    if not answers.salutation:
        yield "      # salutation: whom “Dear …” greets; without it, the full name"
    if not answers.to_email:
        yield "      # email: without it the letter is made on paper alone"


def _demand(answers: Answers) -> Iterator[str]:
    yield "# What you ask. `asks` are the sentences of the numbered list in the letter."
    yield "demand:"
    yield entry("summary", answers.demand, 2)
    yield "  asks:"
    for ask in answers.asks or (f"{answers.demand}.",):
        yield f"    {written([ask], flow=False)}"
    if isinstance(answers.reply_by, timedelta):
        days = answers.reply_by.days
        span = f"{days} day{'' if days == 1 else 's'}"
        yield entry("reply_by", span, 2, "from the letter’s date; or a day")
    else:
        yield entry("reply_by", answers.reply_by, 2, "or days from the letter’s date: 14 days")


def _precedents(answers: Answers, facts: Sequence[FactEntry]) -> Iterator[str]:
    if not answers.precedents:
        yield "# Who has done it already, each with the fact that proves it:"
        yield "# precedents:"
        yield "#   - {organization: the name, action: what it has done, fact: the fact’s id}"
        return
    yield "# Who has done it already. `action` ends the sentence “… has …”; `fact` proves it."
    yield "precedents:"
    ids = [fact.id for fact in facts if fact.peer]
    for peer, name in zip(answers.precedents, ids, strict=True):
        yield f"  - {entry('organization', peer.organization)}"
        yield entry("action", peer.action, 4)
        yield entry("fact", name, 4)


def _sender(answers: Answers) -> Iterator[str]:
    yield "# Who writes, and who signs."
    yield "sender:"
    if answers.sender_from is not None:
        plain = answers.sender_from.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        yield from (f"  {line}" for line in written(plain, flow=False).split("\n"))
        return
    values: dict[str, Any] = {
        "organization": answers.sender,
        "address": answers.sender_address,
        "country": answers.sender_country,
        "email": answers.sender_email,
    }
    yield from entries(values, 2)
    yield "  signatories:"
    yield f"    - {entry('name', answers.signatory)}"
    yield from entries({"title": answers.signatory_title}, 6)


def _named_files(name: str, there: bool) -> Iterator[str]:
    if there:
        yield "# What the letter says about the world, and where it stands. Other campaigns may"
        yield "# name the same files, and this one more of them."
    else:
        yield "# There are no facts yet. Whatever the letter says about the world needs one, with"
        yield "# its source. Write each under a short name of its own, with `statement:` and"
        yield "# `source:` (`advocacy schema facts` has the rest), and name the files here:"
    off = "" if there else "# "
    yield f"{off}facts: [facts/{name}.yaml]"
    yield f"{off}sources: [sources/{name}.yaml]"


def _stages(answers: Answers, template: str) -> Iterator[str]:
    yield "# The letters of the campaign, each with the days on which it may be dated. On other"
    yield "# days it is refused: what it says may no longer be true. A later letter gets an entry"
    yield "# of its own, with a template of its own."
    yield "stages:"
    yield f"  {STAGE}:"
    yield entry("template", template, 4, f"the text: templates/letters/{template}.md")
    yield entry("subject", answers.demand, 4)
    yield entry("from", answers.begins, 4, "the first day")
    yield entry("until", _until(answers), 4, "the last; look at the facts before you move it")


def _until(answers: Answers) -> date:
    """The last day of the window: in a month, and with time left to answer."""
    last = answers.begins + WINDOW
    if isinstance(answers.reply_by, date):
        last = min(last, answers.reply_by - TIME_TO_ANSWER)
    return max(last, answers.begins)
