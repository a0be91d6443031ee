"""What is raised inside a template, before it is known where it stands."""

import re

_KINDS = {"str": "a text", "Markup": "a text", "int": "a number", "float": "a number"} | {
    "Count": "a number", "list": "a list", "tuple": "a list", "NoneType": "nothing",
    "date": "a date", "dict": "a group", "bool": "a yes or no",
}  # fmt: skip


class Mistake(Exception):  # noqa: N818 - it becomes a Problem
    """A user's mistake in a template: becomes a Problem at the template's line."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


def in_plain_words(error: Exception) -> Mistake:
    """What an error of Python or Jinja means to the writer of the template."""
    if isinstance(error, RecursionError | MemoryError):
        return Mistake(
            "template-endless",
            "This template does not come to an end: a part of it includes or calls itself.",
            "Take the `include` or the call out of the part that it names.",
        )
    text = str(error)
    hint = "Check the names and the brackets of this line."
    if found := re.search(r"not supported between instances of '([\w.]+)' and '([\w.]+)'", text):
        names = (kind.rpartition(".")[2] for kind in found.groups())
        kinds = " and ".join(_KINDS.get(name, "a value") for name in names)
        return Mistake("template-value", f"These cannot be compared: {kinds}.", hint)
    if found := re.search(r"macro '(\w+)' takes (not more than \d+ argument)", text):
        return Mistake(
            "template-value",
            f"Too much stands in the brackets of `{found[1]}`.",
            "Look at its `{% macro %}` for what it takes.",
        )
    if found := re.search(r"macro '(\w+)' takes no keyword argument '(\w+)'", text):
        message = f"`{found[1]}` takes nothing by the name `{found[2]}`."
        return Mistake("template-value", message, "Look at its `{% macro %}` for what it takes.")
    if found := re.search(r"_(\w+)\(\) .*(argument|positional)", text):
        message = f"What stands in the brackets of `{found[1]}` does not fit."
        return Mistake("template-value", message, hint)
    return Mistake("template-value", "This command cannot be carried out.", hint)
