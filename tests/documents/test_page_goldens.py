"""Pages of a letter that holds everything, in each language and each built-in layout.

Look at the pages as pictures before you renew these: the goldens say where words stand, not how
they look.
"""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.documents.pdf.render import render_pdf
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import check

from .test_customs import DATA, LANGUAGES
from .test_right_to_left import DATA as SCRIPTS

CAMPAIGNS = {
    **{language: DATA / language / "campaign.yaml" for language in LANGUAGES},
    **{language: SCRIPTS / f"{language}.yaml" for language in ("he", "ar")},
}
LAYOUTS = ("letter", "modern", "large-print", "window-10", "window-dl", "window-fr")
PAGES = [(name, each) for name in CAMPAIGNS for each in LAYOUTS]


@pytest.mark.slow
@pytest.mark.parametrize(("language", "layout"), PAGES, ids=[f"{a}-{b}" for a, b in PAGES])
def test_pages_in_each_language_and_layout_are_the_ones_that_were_reviewed(
    language: str, layout: str, golden, tmp_path: Path, tool
) -> None:
    campaign, problems = load_campaign(CAMPAIGNS[language])
    assert campaign is not None, problems
    day = campaign.file.stages["call"].from_
    (letter, *_) = compose_letters(campaign, day=day, stage="call").letters
    checked, problems = check(replace(letter, layout=layout), campaign)
    assert checked is not None, problems
    path = tmp_path / "letter.pdf"
    path.write_bytes(render_pdf(checked, campaign.workspace).data)
    command = [tool("pdftotext"), "-layout", str(path), "-"]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    golden(f"pages/{language}-{layout}.pages", found)


@pytest.mark.slow
def test_a_greeting_is_never_alone_at_the_end_of_a_page(tmp_path: Path, tool) -> None:
    campaign, problems = load_campaign(CAMPAIGNS["de"])
    assert campaign is not None, problems
    day = campaign.file.stages["call"].from_
    (letter, *_) = compose_letters(campaign, day=day, stage="call").letters
    pages_of_greetings = set()
    for count in range(6, 12):
        lines = tuple(("Zeichen", str(number)) for number in range(count))
        long = replace(letter, layout="large-print", reference_lines=lines)
        checked, problems = check(long, campaign)
        assert checked is not None, problems
        path = tmp_path / "letter.pdf"
        path.write_bytes(render_pdf(checked, campaign.workspace).data)
        command = [tool("pdftotext"), "-layout", str(path), "-"]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        pages = text.split("\f")
        (number,) = [n for n, page in enumerate(pages) if letter.salutation in page]
        assert "wir bitten Sie" in pages[number]
        pages_of_greetings.add(number)
    assert pages_of_greetings == {0, 1}
