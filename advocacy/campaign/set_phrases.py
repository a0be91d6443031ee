"""The set phrases around a letter's text, in each language: `templates/words/*.yaml`."""

from dataclasses import MISSING, dataclass, fields
from functools import partial
from pathlib import Path

from advocacy.campaign.languages import primary_language
from advocacy.errors import AdvocacyError, Problem, did_you_mean
from advocacy.files.cache import by_file, once_per_run
from advocacy.files.workspace import Workspace
from advocacy.files.yaml.reading import read_yaml


@dataclass(frozen=True, slots=True)
class SetPhrases:
    """A letter's set phrases in one language; `{…}` stands for what is put in."""

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
    said: str = "{speaker}: {quote}"
    translation: str = "translation: {name}"
    attachment: str = "{name}, {date}"
    """The name of the attached letter, without `.pdf`. Optional in a file of set phrases."""
    dear_female: str = ""
    """The salutation of a woman, where the language has one of its own."""
    dear_male: str = ""
    dear_nobody: str = ""
    """The salutation of a letter to an organization without a person's name."""
    close_nobody: str = ""
    """The close of such a letter."""
    close_several: str = ""
    """The close where several people sign. `{greeting}` repeats the salutation."""
    close_official: str = ""
    """The close of a letter to somebody who is greeted by an office of state."""
    close_official_several: str = ""
    dated: str = "{place}, {date}"
    our_ref: str = ""
    our_letter: str = ""
    your_ref: str = ""
    your_letter: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""
    cover: str = ""
    """The line above an email that an aide gets; without it, there is none."""
    support: str = "Support"
    """What the subject of a letter on a bill says that the sender wants of it."""
    oppose: str = "Oppose"
    amend: str = "Request to Amend"
    day: str = ""
    """The label of the date in a block of reference lines."""


def read_set_phrases(language: str, workspace: Workspace) -> SetPhrases:
    """The set phrases of a language (`fr-CA` falls back to `fr`).

    Raises AdvocacyError where no file has the language or one of its phrases.
    """
    # Each document of each letter asks: to look for the file again takes 15 microseconds.
    return once_per_run(("phrases", language, workspace), lambda: _find(language, workspace))


def _find(language: str, workspace: Workspace) -> SetPhrases:
    names = list(dict.fromkeys((language, primary_language(language))))
    for name in names:
        path = workspace.template(f"words/{name}.yaml")
        if path is not None:
            # To read and check the file takes a millisecond, in every task of a batch.
            return by_file(str(path), "phrases", partial(_read, path))
    known = workspace.template_names("words", ".yaml")
    raise AdvocacyError(
        Problem(
            "unknown-language",
            f"There are no set phrases (“Dear”, “Sincerely” …) for the language `{language}`.",
            f"Run `advocacy new template --words {names[-1]}`, and fill in the phrases. Available "
            f"languages: {', '.join(known)}.",
        )
    )


def _read(path: Path) -> SetPhrases:
    data = read_yaml(path)
    known = [field.name for field in fields(SetPhrases)]
    needed = [field.name for field in fields(SetPhrases) if field.default is MISSING]
    missing = [
        name
        for name in known
        if not isinstance(data.get(name), str) and (name in needed or name in data)
    ]
    problems = []
    if missing:
        one = len(missing) == 1
        names = ", ".join(f"`{name}`" for name in missing)
        problems.append(
            Problem(
                "missing-word",
                f"The phrase {names} is missing."
                if one
                else f"{len(missing)} phrases are missing: {names}.",
                f"Write {'it' if one else 'each'} in the language of this file.",
                data.key_place(missing[0]) if missing[0] in data else data.place,
            )
        )
    for key in data:
        if key not in known:
            hint = did_you_mean(key, known, f"Known phrases: {', '.join(known)}.")
            message = f"`{key}` is not a known phrase."
            problems.append(Problem("unknown-key", message, hint, data.key_place(key)))
    if problems:
        raise AdvocacyError(problems)
    return SetPhrases(**{name: data[name] for name in known if name in data})
