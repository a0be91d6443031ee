"""Begin the set phrases of a language that the package does not have."""

import re
from datetime import date
from pathlib import Path

from advocacy.authoring.writing import write_new
from advocacy.campaign.languages import known_language
from advocacy.errors import AdvocacyError, Problem
from advocacy.files.text import read_text
from advocacy.files.workspace import Workspace
from advocacy.resources import templates_dir
from advocacy.templating.typography import quotes
from advocacy.templating.values import and_list, long_date

_PHRASE = re.compile(r"^(\w+): *(\".*\")$", re.MULTILINE)
_SAMPLE_DAY = date(2026, 3, 2)
# Phrases that only some languages need, in the words of those that do.
_FOR_SOME = """\
# If the language greets by gender, or differently without a name, remove the # and translate:
# dear_female: "Sehr geehrte {name},"
# dear_male: "Sehr geehrter {name},"
# dear_nobody: "Sehr geehrte Damen und Herren,"
# close_nobody: "Yours faithfully,"
"""


def new_words(language: str, folder: Path) -> Path:
    """Write the file of a language's set phrases, each empty, below its English words.

    The file is `templates/words/` of the folder. No letter in the language is made until every
    phrase is filled in; dates, lists and quotation marks come from CLDR. Raises AdvocacyError for
    a language that is not known, has its phrases already, or whose file cannot be written.
    """
    tag = known_language(language)
    if tag is None:
        hint = "Write a language tag such as `nl`, `pt-BR`, or `sv`."
        message = f"The date and list formats of the language `{language}` are not known."
        raise AdvocacyError(Problem("bad-language", message, hint))
    workspace = Workspace.of(folder / "campaign.yaml", None)
    existing = workspace.template(f"words/{tag}.yaml")
    if existing is not None:
        message = f"The set phrases of `{tag}` are in {existing}."
        hint = "Change that file, or copy it to `templates/words/` beside the campaign."
        raise AdvocacyError(Problem("file-exists", message, hint))
    path = folder / "templates" / "words" / f"{tag}.yaml"
    write_new({path: _text(tag).encode()})
    return path


def _text(tag: str) -> str:
    """The file: a head that shows what CLDR knows, and the phrases with their English words."""
    english = read_text(templates_dir() / "words" / "en.yaml")
    marks = quotes(tag)
    sample = and_list(["1", "2", "3"], tag)
    head = (
        f"# The words around a letter's text in the language `{tag}`. Fill in every phrase; do "
        "not change what is in {}.\n"
        f"# Already known, from CLDR: {long_date(_SAMPLE_DAY, tag)}; {sample}; "
        f"{marks.opening}quotation{marks.closing}.\n"
    )
    phrases = [f"{name}:   # {words}\n" for name, words in _PHRASE.findall(english)]
    return f"{head}{''.join(phrases)}{_FOR_SOME}"
