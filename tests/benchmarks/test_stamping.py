"""How quickly letters are laid out, beside WeasyPrint, Typst and Chromium, in one run.

The two-page Microsoft letter with its notes, for 1 to 10,000 people: composed, laid out, hashed,
written under a temporary name, renamed, and recorded. `BENCH_DOCS=1` puts the table and the plot
into docs/stamping.md.
"""

import csv
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from html import unescape
from itertools import count
from pathlib import Path

import pytest

from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.documents.pdf.paper import paper_html, unbroken_hosts
from advocacy.documents.prose import body_html
from advocacy.documents.references import formatted
from advocacy.errors import count_noun
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import CheckedLetter, check

ROOT = Path(__file__).resolve().parents[2]
SIZES = (1, 10, 100, 1_000, 10_000)
FEW = 50  # letters of what is slow
HEADER = ["id", "name", "address", "city", "region", "postal_code", "country", "email"]
_numbers = count()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The real campaigns without attachments, in memory where the system has that."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK):
        folder = Path(tempfile.mkdtemp(prefix="advocacy-bench-", dir=memory))
    else:
        folder = tmp_path_factory.mktemp("stamping")
    for path in (ROOT / "campaigns").rglob("*.yaml"):
        copy = folder / path.relative_to(ROOT / "campaigns")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text("utf-8").replace("    attach: [pdf]\n", ""), "utf-8")
    letters = folder / "templates" / "letters"
    letters.mkdir(parents=True)
    text = (ROOT / "templates/letters/call-to-follow.md").read_text("utf-8")
    sentence = (
        "The people of {{ recipient.city }}, and of all {{ recipient.region }}, have seen what "
        "such systems do when they err, and they have asked in many letters and at many meetings "
        "that nobody be stopped in the street because a camera took one face for another.\n\n"
    )
    at = text.index("IBM put the question")
    varying = text[:at] + sentence + text[at:]
    (letters / "varying.md").write_text(varying, "utf-8")
    campaign = (folder / "microsoft.yaml").read_text("utf-8")
    campaign = campaign.replace("template: call-to-follow", "template: varying")
    (folder / "varying.yaml").write_text(campaign, "utf-8")
    yield folder
    shutil.rmtree(folder)


def people(folder: Path, size: int) -> Path:
    path = folder / f"{size}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for n in range(size):
            town = ("Springfield", "Portland", "San José", "Winston-Salem", f"Town {n}")[n % 5]
            state = ("Illinois", "Oregon", "California", "North Carolina")[n % 4]
            street = f"{n} Main Street"
            out.writerow([f"p{n}", f"Person {n}", street, town, state, f"{n:05}", "US",
                          f"p{n}@list.example"])  # fmt: skip
    return path


def seconds(folder: Path, size: int, *options: str, campaign: str = "microsoft.yaml") -> float:
    """How long a command takes for a batch that was never made before, start and all."""
    command = [sys.executable, "-m", "advocacy", "render", campaign, "--quiet", "--format", "pdf"]
    output = folder / f"out{next(_numbers)}"
    command += ["--recipients", str(people(folder, size)), "--output", str(output)]
    start = time.perf_counter()
    subprocess.run([*command, *options], cwd=folder, check=True)
    found = time.perf_counter() - start
    assert len(list(output.rglob("*.pdf"))) == size
    shutil.rmtree(output)
    return found


def rate(work: Callable[[], object]) -> float:
    """Letters a second of work that is done again and again."""
    work()
    start = time.perf_counter()
    for _ in range(FEW):
        work()
    return FEW / (time.perf_counter() - start)


@pytest.fixture(scope="module")
def letter(folder: Path) -> tuple[CheckedLetter, Campaign]:
    campaign, problems = load_campaign(folder / "microsoft.yaml")
    assert campaign is not None, problems
    checked, _ = check(compose_letters(campaign).letters[0], campaign)
    assert checked is not None
    return checked, campaign


def others(letter: tuple[CheckedLetter, Campaign], tmp_path: Path) -> dict[str, float]:
    """Letters a second of plain WeasyPrint, Typst and Chromium, as far as they are here."""
    from advocacy.documents.typesetter import font_configuration, weasyprint

    checked, campaign = letter
    html = paper_html(checked, campaign.workspace)

    def changed() -> str:
        return html.replace("Brad Smith", f"Person {next(_numbers)}")

    def written(data: bytes) -> None:
        (tmp_path / "letter.pdf").write_bytes(data)

    def plain() -> None:
        written(weasyprint.HTML(string=changed()).write_pdf(pdf_variant="pdf/ua-1"))

    styles = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    config = font_configuration()
    sheets = [weasyprint.CSS(string=style, font_config=config) for style in styles]

    def shared() -> None:
        body = re.sub(r"<style>.*?</style>", "", changed(), flags=re.DOTALL)
        document = weasyprint.HTML(string=body)
        written(document.write_pdf(pdf_variant="pdf/ua-1", stylesheets=sheets, font_config=config))

    found = {"WeasyPrint": rate(plain), "WeasyPrint, fonts shared": rate(shared)}
    if importlib.util.find_spec("typst") is not None:
        found["Typst"] = rate(typst_letter(letter, tmp_path, keep=False))
        found["Typst, one compiler kept"] = rate(typst_letter(letter, tmp_path, keep=True))
    program = shutil.which("chromium")
    if program:
        sys.path.insert(0, str(Path(__file__).parent))
        try:
            from chromium import Chromium
        finally:
            sys.path.pop(0)
        with Chromium(program, tmp_path / "profile") as browser:
            found["Chromium"] = rate(lambda: written(browser.print(changed())))
    return found


def typst_letter(
    letter: tuple[CheckedLetter, Campaign], tmp_path: Path, *, keep: bool
) -> Callable[[], None]:
    """The same text, footnotes and fonts, compiled by Typst.

    A compiler that is kept remembers what it has laid out of the letters before.
    """
    import typst

    from advocacy.resources import fonts_dir

    checked, campaign = letter
    one = checked.letter
    citations = formatted(one, campaign.workspace)
    notes = [f"\x01{unbroken_hosts(note.html)}\x02" for note in citations.notes]
    html = body_html(one.body, one.language, lambda index: notes[index])

    def typeset(text: str) -> str:
        text = unescape(re.sub(r"<[^>]+>", "", text))
        text = re.sub(r"([\\#$*_`<>@\[\]=~\-+/])", r"\\\1", text)
        return text.replace("\x01", "#footnote[").replace("\x02", "]")

    blocks = [typeset(block) for block in re.split(r"</(?:p|li)>", html)]
    head = [one.sender.organization, *one.inside_address, one.subject, one.salutation]
    text = "\n\n".join([*map(typeset, head), *blocks, typeset(one.close)])
    style = (
        '#set document(title: "A letter")\n#set page("us-letter", margin: 1.1in)\n'
        '#set text(font: "EB Garamond", size: 11.6pt, lang: "en")\n#set par(justify: true)\n'
    )
    fonts = [str(fonts_dir())]
    compiler = typst.Compiler(font_paths=fonts)

    def compiled() -> None:
        source = tmp_path / "letter.typ"
        n = next(_numbers)
        own = text.replace("Brad Smith", f"Person {n}").replace("Mr. Smith", f"Person {n}")
        own = own.replace("One Microsoft Way", f"{n} Main Street")
        source.write_text(style + own, "utf-8")
        # Tagged, and PDF/UA-1, as ours are.
        how = {"root": str(tmp_path), "format": "pdf", "pdf_standards": "ua-1"}
        if keep:
            data = compiler.compile(input=str(source), **how)
        else:
            data = typst.compile(input=str(source), font_paths=fonts, **how)
        (tmp_path / "typst.pdf").write_bytes(data)

    return compiled


def test_mass_letters_beside_weasyprint_typst_and_chromium(
    folder: Path, letter, tmp_path: Path, capsys
) -> None:
    table: dict[str, list[str]] = {}
    points: dict[str, list[tuple[int, float]]] = {}

    def row(name: str, options: tuple[str, ...], sizes: tuple[int, ...], campaign: str) -> None:
        taken = {size: seconds(folder, size, *options, campaign=campaign) for size in sizes}
        points[name] = [(size, size / time_) for size, time_ in taken.items()]
        table[name] = [f"{n / taken[n]:,.1f}" if n in taken else "" for n in SIZES]

    one, two = ("--workers", "1"), ("--workers", "2")
    usual, small = "microsoft.yaml", (1, 10, 100)
    row("fast, one core", one, SIZES, usual)
    row("fast, two cores", two, SIZES, usual)
    row("fast, a varying paragraph, one core", one, SIZES, "varying.yaml")
    row("full, one core", (*one, "--typeset", "full"), small, usual)
    row("full, two cores", (*two, "--typeset", "full"), small[:2], usual)
    slow = others(letter, tmp_path)
    for name, per_second in slow.items():
        table[name] = [f"{per_second:,.1f}" if n == 100 else "" for n in SIZES]
        points[name] = [(n, per_second) for n in (10, 100)]
    text = printed(table)
    best = dict(points["fast, one core"])[10_000]
    paragraph = dict(points["fast, a varying paragraph, one core"])[10_000]
    ratios = [f"{best / other:,.0f} times {name}" for name, other in slow.items()]
    told = f"10,000 letters on one core: {', '.join(ratios)}; "
    told += f"with a varying paragraph {paragraph / slow['WeasyPrint']:,.0f} times WeasyPrint."
    with capsys.disabled():
        print(f"\n{text}\n{told}")
    if os.environ.get("BENCH_DOCS"):
        write_docs(f"{text}\n{told}\n", points)
    assert best / slow["WeasyPrint"] >= 100
    assert paragraph / slow["WeasyPrint"] >= 20
    if "Typst" in slow:
        assert best / slow["Typst"] >= 20


def test_a_letter_costs_the_same_in_a_batch_of_1_000_and_of_100_000(folder: Path, capsys) -> None:
    start = seconds(folder, 10, "--workers", "1")
    few = (seconds(folder, 1_010, "--workers", "1") - start) / 1_000
    many = (seconds(folder, 100_010, "--workers", "1") - start) / 100_000
    with capsys.disabled():
        print(f"\na letter: {few * 1000:.2f} ms of 1,000, {many * 1000:.2f} ms of 100,000")
    assert many / few <= 1.25


def printed(table: dict[str, list[str]]) -> str:
    """A Markdown table of letters a second."""
    head = ["letters a second", *(count_noun(size, "letter") for size in SIZES)]
    lines = [head, ["---", *["---:"] * len(SIZES)], *([name, *row] for name, row in table.items())]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write_docs(text: str, points: dict[str, list[tuple[int, float]]]) -> None:
    """Put the table and the plot into the page of explanation."""
    page = ROOT / "docs" / "stamping.md"
    old = page.read_text("utf-8")
    start, end = "<!-- measured -->\n", "<!-- end -->\n"
    before, after = old.partition(start)[0], old.partition(end)[2]
    picture = "![Letters a second by the size of the batch](pictures/stamping.svg)\n\n"
    page.write_text(f"{before}{start}{picture}{text}{end}{after}", "utf-8")
    (ROOT / "docs" / "pictures" / "stamping.svg").write_text(plot(points), "utf-8")


def plot(points: dict[str, list[tuple[int, float]]]) -> str:
    """The measurements as a picture (SVG): both axes grow by tens."""
    from math import log10

    left, top, wide, high = 70, 20, 480, 330
    colours = (
        "#0b5394",
        "#3d85c6",
        "#38761d",
        "#990000",
        "#cc4125",
        "#666",
        "#999",
        "#b45f06",
        "#741b47",
        "#45818e",
    )

    def x(size: float) -> float:
        return left + log10(size) / 4 * wide

    def y(per_second: float) -> float:
        return top + high - (log10(per_second) + 1) / 5 * high

    head = 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 840 400" font-family="sans-serif"'
    parts = [f'<svg {head} font-size="12">', '<rect width="840" height="400" fill="#fff"/>']
    for power in range(5):
        at = x(10**power)
        parts.append(f'<path d="M{at:.0f} {top}V{top + high}" stroke="#ddd"/>')
        parts.append(
            f'<text x="{at:.0f}" y="{top + high + 16}" text-anchor="middle">{10**power:,}</text>'
        )
    for power in range(-1, 5):
        at = y(10**power)
        label = f"{10**power:,}" if power >= 0 else "0.1"
        parts.append(f'<path d="M{left} {at:.0f}H{left + wide}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 6}" y="{at + 4:.0f}" text-anchor="end">{label}</text>')
    parts.append(
        f'<text x="{left}" y="{top + high + 36}">letters in a batch; letters a second</text>'
    )
    ends = []
    for (name, line), colour in zip(points.items(), colours, strict=False):
        path = "L".join(f"{x(size):.1f} {y(value):.1f}" for size, value in line)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        ends.append((name, colour))
    for index, (name, colour) in enumerate(ends):
        at = top + 14 + index * 20
        parts.append(
            f'<path d="M{left + wide + 14} {at - 4}h18" stroke="{colour}" stroke-width="3"/>'
        )
        parts.append(f'<text x="{left + wide + 38}" y="{at}">{name}</text>')
    return "\n".join([*parts, "</svg>\n"])
