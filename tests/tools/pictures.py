"""Draw the pictures of the README: the first pages of the Microsoft letters, and the preview.

python tests/tools/pictures.py      (needs chromium and `make editor`)
"""

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image

from advocacy.campaign.loading import load_campaign
from advocacy.documents.pdf.render import render_pdf
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import check

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 640


def main() -> None:
    campaign, _ = load_campaign(ROOT / "campaigns" / "microsoft.yaml")
    assert campaign is not None
    for name, stage in campaign.file.stages.items():
        letter = compose_letters(campaign, day=stage.from_, stage=name).letters[0]
        checked, problems = check(letter, campaign)
        assert checked is not None, problems
        page = pypdfium2.PdfDocument(render_pdf(checked, campaign.workspace).data)[0]
        picture = page.render(scale=WIDTH / page.get_width()).to_pil().convert("L")
        picture.save(ROOT / "docs" / "pictures" / f"{name}.png", optimize=True)


def page() -> None:
    """The page of `advocacy preview`, while an opening is being written."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        campaigns = Path(folder) / "campaigns"
        shutil.copytree(ROOT / "campaigns", campaigns)
        letter = campaigns / "templates" / "letters" / "call-to-follow.md"
        letter.parent.mkdir(parents=True)
        shutil.copy(ROOT / "templates" / "letters" / letter.name, letter)
        preview = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "advocacy",
                "preview",
                campaigns / "microsoft.yaml",
                "--no-open",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert preview.stdout is not None
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        tab = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
        tab.goto(preview.stdout.readline().strip())
        tab.wait_for_selector("#pages img")
        tab.click("#pages .words >> text=Nor is the request new.")
        tab.keyboard.press("End")
        tab.wait_for_timeout(1500)
        picture = Image.open(io.BytesIO(tab.screenshot()))
        browser.close()
        preview.terminate()
        preview.wait()
    small = picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=128)
    small.save(ROOT / "docs" / "pictures" / "preview.png", optimize=True)


if __name__ == "__main__":
    main()
    page()
