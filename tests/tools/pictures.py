"""Draw the pictures of the README: the first pages of the Microsoft letters.

python tests/tools/pictures.py      (make pictures)
"""

from pathlib import Path

import pypdfium2

from advocacy.compose import compose_letters
from advocacy.documents.pdf import render_pdf
from advocacy.letter import check
from advocacy.loading import load_campaign

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


if __name__ == "__main__":
    main()
