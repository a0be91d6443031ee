"""The text that a new letter begins with, in the languages that have set words.

It says nothing about the world but what the campaign's own facts say: whatever is typed by the
person who begins the campaign is printed from the campaign, and nothing is made up.
"""

from collections.abc import Sequence
from dataclasses import dataclass


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
    words = WORDINGS[language.split("-")[0]]
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
