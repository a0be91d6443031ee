"""What letters may use besides their variables: a line on each function and filter.

A test holds that each is there, and that each example works.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tool:
    """A function or a filter: its name, how it is written, what it does."""

    name: str
    example: str
    does: str


FUNCTIONS = (
    Tool("cite", '{{ cite("id") }}', "marks a citation of a fact; several ids share one note"),
    Tool("fact", '{{ fact("id") }}', "prints a fact as a sentence, with its citation"),
    Tool(
        "quote", '{{ quote("id") }}', "prints the source’s own words in quotes, with the citation"
    ),
    Tool("range", "{% for n in range(1, 4) %}{{ n }} {% endfor %}", "counts: 1 2 3"),
    Tool(
        "namespace",
        "{% set seen = namespace(count=0) %}{% set seen.count = 1 %}{{ seen.count }}",
        "keeps a value that a loop may change",
    ),
)
FILTERS = (
    Tool("upper", "{{ recipient.name | upper }}", "in capitals"),
    Tool("lower", "{{ recipient.name | lower }}", "in small letters"),
    Tool("capitalize", "{{ recipient.name | capitalize }}", "with a capital at its beginning"),
    Tool("title", "{{ recipient.name | title }}", "with a capital at each word’s beginning"),
    Tool("trim", "{{ recipient.name | trim }}", "without spaces at its ends"),
    Tool("replace", '{{ recipient.name | replace(" ", "-") }}', "with one text for another"),
    Tool("default", '{{ recipient.city | default("your town") }}', "or these words, if empty"),
    Tool("d", '{{ recipient.city | d("your town") }}', "short for `default`"),
    Tool("date", '{{ date | date("short") }}', "a date as `full`, `long`, `medium` or `short`"),
    Tool("number", "{{ 12500 | number }}", "a number as the language writes it: 12,500"),
    Tool("round", "{{ 2.345 | round(1) }}", "a number with so many digits after the point"),
    Tool("int", "{{ 2.9 | int }}", "a number without what follows the point"),
    Tool("abs", "{{ (3 - 5) | abs }}", "a number without its minus"),
    Tool("length", "{{ demand.asks | length }}", "how many there are in a list"),
    Tool("and_list", "{{ demand.asks | and_list }}", "a list in one sentence: a, b, and c"),
    Tool("join", '{{ demand.asks | join("; ") }}', "a list with this between its entries"),
    Tool("first", "{{ demand.asks | first }}", "the first of a list"),
    Tool("last", "{{ demand.asks | last }}", "the last of a list"),
    Tool("sort", "{{ demand.asks | sort }}", "a list in the order of the alphabet"),
    Tool("reverse", "{{ demand.asks | reverse }}", "a list from its end"),
    Tool("unique", "{{ demand.asks | unique }}", "a list with each entry once"),
    Tool("list", '{{ range(3) | list | join(" ") }}', "something as a list"),
    Tool("map", '{{ precedents | map(attribute="organization") | and_list }}',
         "of each entry one part, or what a filter makes of it"),
    Tool("select", '{{ demand.asks | select("string") | length }}', "the entries that pass a test"),
    Tool("reject", '{{ demand.asks | reject("string") | length }}', "the entries that do not"),
    Tool("selectattr", '{{ precedents | selectattr("organization", "eq", "IBM") | length }}',
         "the entries of which a part passes a test"),
    Tool("rejectattr", '{{ precedents | rejectattr("organization", "eq", "IBM") | length }}',
         "the entries of which it does not"),
    Tool("items", "{% for name, value in target | items %}{{ name }} {% endfor %}",
         "names and values of what has parts"),
)  # fmt: skip
