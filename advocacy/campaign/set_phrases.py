"""The words that stand around a letter's text, in each language: `templates/words/*.yaml`."""

from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from advocacy.campaign.languages import primary_language
from advocacy.errors import AdvocacyError, Problem, nearest
from advocacy.files.workspace import Workspace, remembered, status_of
from advocacy.files.yaml.reading import read_yaml


@dataclass(frozen=True, slots=True)
class SetPhrases:
    """A letter's set words in one language; `{…}` stands for what is put in."""

    dear: str
    close: str
    subject: str
    enclosure: str
    enclosures: str
    cc: str
    page: str
    references: str
    quoted_in: str
    joined_by: str
    via: str
    others: str
    back: str
    note: str
    subscribed: str
    unsubscribe: str


def furniture(language: str, workspace: Workspace) -> SetPhrases:
    """The set words for a language (`fr-CA` falls back to `fr`).

    Raises AdvocacyError where no file has the language or one of its words.
    """
    return remembered(("words", language, workspace), lambda: _found(language, workspace))


def _found(language: str, workspace: Workspace) -> SetPhrases:
    names = list(dict.fromkeys((language, primary_language(language))))
    for name in names:
        path = workspace.template(f"words/{name}.yaml")
        if path is not None:
            found = status_of(str(path))
            return _read(path, found.st_mtime_ns if found else 0)
    known = workspace.template_names("words", ".yaml")
    raise AdvocacyError(
        Problem(
            "unknown-language",
            f"There are no set words (“Dear”, “Sincerely” …) for the language `{language}`.",
            f"Copy templates/words/en.yaml to {names[-1]}.yaml beside the campaign, "
            f"in templates/words/, and translate it. There are: {', '.join(known)}.",
        )
    )


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int) -> SetPhrases:
    data = read_yaml(path)
    known = [field.name for field in fields(SetPhrases)]
    problems = [
        Problem("missing-word", f"The word `{name}` is missing.", "Add it.", data.place)
        for name in known
        if not isinstance(data.get(name), str)
    ]
    for key in data:
        if key not in known:
            near = nearest(key, known)
            hint = f"Did you mean `{near}`?" if near else "Remove it."
            problems.append(
                Problem("unknown-key", f"`{key}` is no set word.", hint, data.key_place(key))
            )
    if problems:
        raise AdvocacyError(problems)
    return SetPhrases(**{name: data[name] for name in known})
