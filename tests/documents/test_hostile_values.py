"""A value is text in every medium: it prints as typed, or a problem names the character.

Of a name, what nobody sees is taken out.
"""

import email
import email.policy
import html as html_module
import io
import re
import subprocess
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.campaign.recipients import Recipient
from advocacy.documents.email.html import render_html
from advocacy.documents.email.message import render_email
from advocacy.documents.fonts import by_script, describe
from advocacy.documents.pdf import render as pdf
from advocacy.documents.pdf.fitting import obstacles
from advocacy.documents.text import render_text
from advocacy.errors import Problem
from advocacy.files.characters import without_invisible
from advocacy.letters.compose import compose_letter
from advocacy.letters.letter import CheckedLetter, check
from advocacy.templating.typography import typeset

from ..examples import costly

HOSTILE = [
    "*Bob* <b>",
    "**bold** _it_ `code` [link](https://evil.example) ![x](y)",
    "<script>alert(1)</script> & <!-- x --> &amp; &#65;",
    "{{ 7*7 }} {% raw %} {# x #}",
    "# Heading 1. list - item > quote",
    "}</style><style>*{display:none}",
    "url(file:///etc/passwd) @import 'x';",
    "Bcc: everyone@evil.example",
    "Smith, John",
    '"quoted" \\ backslash \'single\' "straight"',
    "Zoë Åström-Łukasiewicz Ñandú Đặng Nguyễn",
    "e\u0301 a\u0323\u0302 o\u0308 combining",
    "Γιώργος Παπαδόπουλος",
    "Дмитрий Менделеев",
    "山田 太郎",
    "김철수",
    "דוד בן־גוריון",
    "محمد علي",
    "🙂 Smile",
    "x" * 500,
    '-- --- ... (c) \'tis "so" 1/2',
    "100% §5 $x$ ^a^ ~b~ |c|",
    "\u00a0nbsp\u202fnarrow\u00adsoft\u2011hyphen",
]
TEMPLATE = "Here it is: «{{ recipient.name }}» and here **{{ recipient.title }}** it ends.\n"


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "templates" / "letters").mkdir(parents=True)
    (folder / "templates/letters/plain.md").write_text(TEMPLATE, encoding="utf-8")
    (folder / "campaign.yaml").write_text(
        "id: hostile\ntitle: T\ntimezone: Etc/UTC\ndate: 2026-01-02\n"
        "target:\n  organization: Org\n  address: [Street]\n  country: US\n"
        "  addressees: [{id: a, name: A}]\n"
        "demand: {summary: S}\n"
        "sender:\n  organization: Sender\n  address: [Street]\n  email: a@b.example\n"
        "  signatories: [{name: S. Igner}]\n"
        "stages: {one: {template: plain, subject: Subject}}\n",
        encoding="utf-8",
    )
    found, problems = load_campaign(folder / "campaign.yaml")
    assert found is not None, problems
    return found


def letter_to(campaign: Campaign, name: str) -> CheckedLetter:
    person = Recipient.model_validate(
        {"id": "a", "name": name, "title": name, "email": "who@parks.example"}
    )
    letter = compose_letter(campaign, person, "one", date(2026, 1, 2))
    checked, problems = check(letter, campaign)
    assert checked is not None, problems
    return checked


def seen(text: str) -> str:
    """What a reader sees: composed characters without spaces, and all quotation marks the same."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFC", text))
    return re.sub('[«»“”„"‘’‚‹›「」『』]', "'", text)


def between(text: str) -> str:
    found = re.search(r"Hereitis:'(.*)'andhere(.*)itends\.", seen(text), re.DOTALL)
    assert found, text
    assert found[1] == found[2], "the name prints otherwise as a title"
    return found[1]


def in_html(page: str) -> str:
    page = re.sub(r"<(style|title|head)\b.*?</\1>", "", page, flags=re.DOTALL)
    page = re.sub(r'<div class="preview".*?</div>', "", page, flags=re.DOTALL)  # it is hidden
    return html_module.unescape(re.sub(r"<[^>]*>", "", page))


def in_pdf(checked: CheckedLetter, campaign: Campaign, path: Path) -> str | list[Problem]:
    problems = obstacles(checked.letter, campaign.workspace)
    if problems:
        return problems
    path.write_bytes(pdf.render_pdf(checked, campaign.workspace).data)
    if not is_right_to_left(checked.letter.recipient.full_name):
        return run("pdftotext", "-raw", str(path), "-")
    # The page has it in the order of the eye, which the structure tree keeps.
    tree = run("pdfinfo", "-struct-text", str(path))
    return "".join(line.strip()[1:-1] for line in tree.splitlines() if line.strip()[:1] == '"')


def run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def is_right_to_left(name: str) -> bool:
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in name)


def check_everywhere(campaign: Campaign, name: str, path: Path) -> None:
    checked = letter_to(campaign, name)
    name = without_invisible(name)
    wanted = seen(typeset(name, checked.letter.language))
    page = render_html(checked, campaign.workspace)
    assert between(in_html(page)) == wanted
    assert "<script" not in page
    assert between(render_text(checked, campaign.workspace)) == wanted
    message = email.message_from_binary_file(
        io.BytesIO(render_email(checked, campaign.workspace)), policy=email.policy.default
    )
    (to,) = message["To"].addresses
    assert to.addr_spec == "who@parks.example"
    assert seen(to.display_name) == seen(name)
    assert message["Bcc"] is None
    printed = in_pdf(checked, campaign, path)
    if isinstance(printed, str):
        found = between(printed).replace("\u00ad", "")
        if is_right_to_left(name):
            assert sorted(found) == sorted(wanted.replace("\u00ad", ""))
        else:
            assert found == wanted.replace("\u00ad", "")
    else:
        named = " ".join(problem.message for problem in printed)
        assert any(
            script in named if script else any(describe(one) in named for one in chars)
            for script, chars in by_script(name).items()
        ), named


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_prints_as_typed_everywhere(
    campaign: Campaign, name: str, tmp_path: Path, tool
) -> None:
    tool("pdftotext")
    check_everywhere(campaign, name, tmp_path / "letter.pdf")


LETTERS = st.characters(
    categories=("L", "M", "N", "P", "S", "Zs"),
    max_codepoint=0x2FFFF,
    exclude_characters="\u115f\u1160\u2800\u3164\uffa0",
)


@given(name=st.text(LETTERS, min_size=1, max_size=60).map(str.strip).filter(bool))
@costly(4)
def test_any_name_prints_as_typed_everywhere_or_is_named_in_a_problem(
    campaign: Campaign, tmp_path_factory: pytest.TempPathFactory, name: str, tool
) -> None:
    tool("pdftotext")
    check_everywhere(campaign, name, tmp_path_factory.mktemp("any") / "letter.pdf")
