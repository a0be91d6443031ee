"""The text that a new letter begins with, in the languages that have set words.

It says nothing about the world but what the campaign's own facts say: whatever is typed by the
person who begins the campaign is printed from the campaign, and nothing is made up.


The facts and sources of a new campaign, and how their files begin.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advocacy.authoring.new_campaign.models import Answers, NewSource
from advocacy.campaign.languages import primary_language
from advocacy.campaign.recipients.model import slug
from advocacy.files.yaml.splicing import written


@dataclass(frozen=True, slots=True)
class Wording:
    """The phrases of a new letter; `{…}` in `has_done` stands for what is put in."""

    request: str
    others: str
    peer: str
    reply: str
    has_done: str


WORDINGS = {
    "en": Wording(
        "We write to {{ target.organization }} with this request:",
        "Others have already acted:",
        "{{ peer.organization }} has {{ peer.action }}.",
        "We would be grateful for your reply by {{ demand.reply_by }}, to {{ sender.reply_to }}.",
        "{organization} has {action}.",
    ),
    "de": Wording(
        "Wir wenden uns mit dieser Bitte an {{ target.organization }}:",
        "Andere haben bereits gehandelt:",
        "{{ peer.organization }} hat {{ peer.action }}.",
        "Wir bitten um Ihre Antwort bis zum {{ demand.reply_by }} an {{ sender.reply_to }}.",
        "{organization} hat {action}.",
    ),
    "es": Wording(
        "Nos dirigimos a {{ target.organization }} con esta petición:",
        "Otros ya han actuado:",
        "{{ peer.organization }} ha {{ peer.action }}.",
        "Agradeceríamos su respuesta a más tardar el {{ demand.reply_by }}, en "
        "{{ sender.reply_to }}.",
        "{organization} ha {action}.",
    ),
    "fr": Wording(
        "Nous adressons cette demande à {{ target.organization }} :",
        "D’autres ont déjà agi :",
        "{{ peer.organization }} a {{ peer.action }}.",
        "Nous vous serions reconnaissants de votre réponse au plus tard le "
        "{{ demand.reply_by }}, à l’adresse {{ sender.reply_to }}.",
        "{organization} a {action}.",
    ),
}
"""By the main part of the language's tag."""


def letter_text(name: str, language: str, peers: bool, facts: Sequence[str]) -> str:
    """The body of a new campaign's letter: Markdown with Jinja, and notes that teach.

    `peers` says whether there are precedents; `facts` are ids of facts to state.
    """
    words = WORDINGS[primary_language(language)]
    parts = [
        f"""\
{{#- The letter of the campaign “{name}”. What stands between these signs is a note to you and is
    never printed. The date, the addresses, “Dear …” and the signatures are put around this text
    by themselves. Write plain paragraphs with an empty line between them; what stands in double
    braces is filled in. All that can be filled in: advocacy templates vars CAMPAIGN
-#}}
{words.request}

{{% for ask in demand.asks %}}
{{{{ loop.index }}}}. {{{{ ask }}}}
{{% endfor %}}
"""
    ]
    if peers:
        parts.append(
            f"""\
{{# Those who have done it already, each with its source in a footnote. #}}
{words.others}

{{% for peer in precedents %}}
- {words.peer}{{{{ cite(peer.fact) }}}}
{{% endfor %}}
"""
        )
    if facts:
        printed = "\n\n".join(f'{{{{ fact("{fact}") }}}}' for fact in facts)
        parts.append(
            f"""\
{{# Each of these prints a fact as a sentence, with its source. Better: say why it matters, in your
   own words, and end the sentence with {{{{ cite("{facts[0]}") }}}} in place of it. #}}
{printed}
"""
        )
    if not peers and not facts:
        parts.append(
            """\
{# Say here why it matters. Whatever you say about the world needs a source: add it to the facts
   of the campaign, and end the sentence with {{ cite("its-name") }}. #}
"""
        )
    parts.append(f"{words.reply}\n")
    return "\n".join(parts)


LONGEST_ID = 60
NOTES_FROM = 38  # the column in which notes beside values begin


@dataclass(frozen=True, slots=True)
class FactEntry:
    """A fact of the new file; `peer` says whether it is a precedent's."""

    id: str
    statement: str
    source: NewSource
    peer: bool = False


def facts_of(answers: Answers) -> list[FactEntry]:
    """One fact for each precedent, in their order, with an id of its own; then the others."""
    sources = {source.id: source for source in answers.sources}
    taken = {fact.id for fact in answers.facts}
    has_done = WORDINGS[primary_language(answers.language)].has_done
    facts: list[FactEntry] = []
    for peer in answers.precedents:
        statement = has_done.format(organization=peer.organization, action=peer.action)
        name = _free(slug(peer.organization)[:LONGEST_ID].strip("-"), taken)
        taken.add(name)
        facts.append(FactEntry(name, statement, sources[peer.source], peer=True))
    return facts + [FactEntry(f.id, f.statement, sources[f.source]) for f in answers.facts]


def _free(wanted: str, taken: set[str]) -> str:
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def entry(key: str, value: Any, indent: int = 0, note: str = "") -> str:
    """A key with its value, as YAML that reads back as that value, and a note beside it."""
    pad = " " * indent
    if isinstance(value, tuple | list):
        # In brackets more has to be quoted than on a line of its own.
        text = f"{key}: {written(list(value), flow=True)}"
    else:
        text = written({key: value}, flow=False)
    text = "\n".join(pad + line if line else line for line in text.split("\n"))
    return f"{text.ljust(NOTES_FROM)} # {note}" if note else text


def entries(values: Mapping[str, Any], indent: int) -> Iterator[str]:
    """An entry for each value that there is."""
    return (entry(key, value, indent) for key, value in values.items() if value not in (None, ()))


def facts_text(answers: Answers, facts: Sequence[FactEntry], path: Path) -> str:
    """The facts file, with notes on what else a fact may have."""
    file = typed(path)
    lines = [
        f"# The facts of the campaign “{answers.name}”: each is one plain sentence, no stronger",
        '# than its source. A letter cites one by its name, {{ cite("name") }}, or prints it,',
        '# {{ fact("name") }}. When you have looked at a source again, type:',
        f"#     advocacy facts touch {file} NAME",
        "# When a fact is no longer true (this lists every letter that dies with it), type:",
        f"#     advocacy facts end {file} NAME --until DAY",
    ]
    for number, fact in enumerate(facts):
        first = number == 0
        # An id such as `2020` or `no` is quoted, as YAML would read it as something else.
        key = entry(fact.id, "").removesuffix(' ""')
        lines += ["", key, entry("statement", fact.statement, 2)]
        lines.append(entry("source", fact.source.id, 2))
        if first:
            lines += [
                "  # locator: {page: 3}               # the place: page, paragraph, section …",
                "  # quote: the source’s own words, if a letter quotes them",
            ]
        if out := fact.source.out():
            since = "since when it is true; if that was earlier, write the day"
            lines.append(entry("from", out, 2, since if first else ""))
        if answers.checked:
            looked = "when somebody last looked at the source"
            lines.append(entry("checked", answers.checked, 2, looked if first else ""))
    return "\n".join(lines) + "\n"


def sources_text(answers: Answers) -> str:
    """The sources file, as CSL-YAML."""
    lines = [
        f"# The sources of the campaign “{answers.name}”, as CSL-YAML: what Zotero and pandoc read",
        "# and write. Facts name them by `id`. A person among the authors is written as",
        "# {family: Doe, given: Jane}. More can come in with `advocacy sources import FILE`.",
        "references:",
    ]
    for number, source in enumerate(answers.sources):
        others = "or report, article-newspaper, book, bill …" if number == 0 else ""
        lines += [
            *([""] if number else []),
            f"  - {entry('id', source.id)}",
            entry("type", "webpage", 4, others),
            "    author:",
            f"      - {entry('literal', source.author)}",
        ]
        accessed = answers.checked.isoformat() if answers.checked else None
        values = {"title": source.title, "issued": source.issued, "accessed": accessed}
        lines += entries({**values, "URL": source.url}, 4)
    return "\n".join(lines) + "\n"


def typed(path: Path) -> str:
    """A path as somebody types it."""
    text = path.as_posix()
    return text if re.fullmatch(r"[\w./-]+", text) else f"'{text}'"
