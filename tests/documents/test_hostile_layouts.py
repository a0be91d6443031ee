"""Layouts of strangers: one that takes too much time or memory is a problem, and stops nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from advocacy.documents.pdf import guarded, layout_child
from advocacy.documents.pdf.guarded import needs_limits, pdf_from_html
from advocacy.documents.pdf.layout_child import LayoutChild
from advocacy.documents.pdf.pages import Pdf, lay_out
from advocacy.errors import AdvocacyError, Problem
from advocacy.files.cache import files_held
from advocacy.files.held import hold_files
from advocacy.files.workspace import Workspace
from advocacy.resources import templates_dir

GOOD = "<html lang=en><title>A letter</title><body><p>Keep the park open.</body></html>"
PICTURE = GOOD.replace("<p>", '<p><img src="logo.png" alt="Logo">')


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    layouts = tmp_path / "templates" / "layouts"
    layouts.mkdir(parents=True)
    (layouts / "ours.css").write_text("p { color: red }")
    return Workspace.of(tmp_path / "campaign.yaml")


@pytest.fixture(autouse=True)
def child(monkeypatch: pytest.MonkeyPatch) -> Iterator[LayoutChild]:
    child = LayoutChild()
    monkeypatch.setattr(guarded, "layout_child", child)
    guarded._failures.clear()
    yield child
    child.close()


def laid_out(workspace: Workspace, html: str = GOOD) -> Pdf:
    return pdf_from_html(html, workspace, workspace.template("layouts/ours.css"))


def problem_of(workspace: Workspace, html: str) -> Problem:
    with pytest.raises(AdvocacyError) as caught:
        laid_out(workspace, html)
    (problem,) = caught.value.problems
    assert problem.code == "layout-fails"
    assert problem.place is not None
    assert problem.place.path.name == "ours.css"
    return problem


def styled(css: str, inside: str = "") -> str:
    return GOOD.replace("<body>", f"<style>{css}</style><body>{inside}")


BOMB = "".join(f"--v{n}: var(--v{n - 1}) var(--v{n - 1});" for n in range(1, 40))
NEST = "<div style='display: flex'>" * 40


def test_a_campaigns_own_layout_prints_the_same_bytes_as_without_limits(
    workspace: Workspace, child: LayoutChild
) -> None:
    pdf = laid_out(workspace)
    assert child._process is not None
    assert pdf == lay_out(GOOD, workspace, workspace.template("layouts/ours.css"))


@pytest.mark.parametrize(
    ("css", "words"),
    [
        ("@page { size: 9in; margin: 99in }", "6 pages of 198 × 198 inches"),
        ("p { break-before: page } @page { size: 90in }", "3 pages of 90 × 90 inches"),
    ],
)
def test_pages_that_nobody_could_print_are_refused_before_they_are_drawn(
    workspace: Workspace, css: str, words: str
) -> None:
    assert words in problem_of(workspace, styled(css, "<p>One<p>Two")).message


def test_the_packages_own_layouts_are_laid_out_in_this_process(
    tmp_path: Path, child: LayoutChild
) -> None:
    ours = Workspace.of(tmp_path / "campaign.yaml")
    css = templates_dir() / "layouts" / "letter.css"
    assert not needs_limits(GOOD, ours, css)
    pdf_from_html(GOOD, ours, css)
    assert child._process is None
    assert needs_limits(GOOD + " " * guarded.LONG, ours, css)


@pytest.mark.parametrize(
    ("css", "error"),
    [
        ("p { font-size: calc(" + "(" * 400 + "1px" + ")" * 400 + ") }", "Error`"),
        ("p" + ":not(p" * 120 + ")" * 120 + " { color: red }", "Error`"),
    ],
)
def test_an_error_of_weasyprint_is_a_problem_of_the_layout(
    workspace: Workspace, css: str, error: str
) -> None:
    problem = problem_of(workspace, styled(css))
    assert "because WeasyPrint stops with `" in problem.message
    assert error in problem.message
    assert laid_out(workspace).pages == 1


def test_a_layout_that_takes_too_long_is_a_problem(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout_child, "SECONDS", 0.6)
    problem = problem_of(workspace, styled("", NEST))
    assert "takes longer than 1 seconds" in problem.message
    assert laid_out(workspace).pages == 1


def test_a_layout_that_needs_too_much_memory_is_a_problem(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout_child, "MEMORY", 60_000_000)
    problem = problem_of(
        workspace, styled(f'p {{ --v0: "aa"; {BOMB} }} p::before {{ content: var(--v39) }}')
    )
    assert "because it needs too much memory" in problem.message
    assert laid_out(workspace).pages == 1


def test_a_layout_that_has_failed_three_times_is_given_up_until_it_changes(
    workspace: Workspace, child: LayoutChild, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout_child, "SECONDS", 0.3)
    for number in range(4):
        last = problem_of(workspace, styled("", f"{NEST}<p>{number}</p>"))
    assert problem_of(workspace, GOOD).message == last.message
    assert child._process is None
    (workspace.folder / "templates" / "layouts" / "ours.css").write_text("p { color: blue }")
    assert laid_out(workspace).pages == 1


def test_problems_of_the_document_are_told_as_without_limits(workspace: Workspace) -> None:
    with pytest.raises(AdvocacyError, match="missing-file"):
        laid_out(workspace, PICTURE)
    (warning,) = laid_out(workspace, styled("p { display: ribbon }")).problems
    assert warning.code == "layout"


def test_what_a_run_holds_is_laid_out_though_the_file_is_changed(workspace: Workspace) -> None:
    from PIL import Image

    logo = workspace.folder / "logo.png"
    Image.new("RGB", (8, 8), "red").save(logo)
    before = laid_out(workspace, PICTURE).data
    held = hold_files([logo], workspace.templates)
    Image.new("RGB", (9, 9), "blue").save(logo)
    css = workspace.folder / "templates" / "layouts" / "ours.css"
    with files_held(held):
        assert pdf_from_html(PICTURE, workspace, css).data == before
    assert laid_out(workspace, PICTURE).data != before


@pytest.mark.slow
def test_a_thread_gets_a_child_that_was_not_forked_among_threads(
    workspace: Workspace, child: LayoutChild
) -> None:
    pages: list[int] = []
    thread = threading.Thread(target=lambda: pages.append(laid_out(workspace).pages))
    thread.start()
    thread.join(60)
    assert pages == [1]
    assert isinstance(child._process, subprocess.Popen)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_child_stays_when_its_parent_is_killed(workspace: Workspace) -> None:
    program = (
        "import sys, time; from pathlib import Path\n"
        "from advocacy.documents.pdf.guarded import *; from advocacy.files.workspace import *\n"
        f"pdf_from_html({GOOD!r}, Workspace.of(Path(sys.argv[1])), Path(sys.argv[2]))\n"
        "print(layout_child._process._number, flush=True); time.sleep(60)\n"
    )
    css = workspace.folder / "templates" / "layouts" / "ours.css"
    command = [sys.executable, "-c", program, str(workspace.folder / "campaign.yaml"), str(css)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        number = int(parent.stdout.readline())
        assert Path(f"/proc/{number}").exists()
        os.kill(parent.pid, signal.SIGKILL)
    for _ in range(100):
        if not _runs(number):
            break
        time.sleep(0.1)
    assert not _runs(number)


def _runs(number: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return False


def test_a_letter_that_failed_is_not_laid_out_again_and_others_are(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fail(request: layout_child.LayoutRequest) -> None:
        asked.append(request.html)
        raise layout_child.LayoutFailed("it takes longer than 10 seconds")

    monkeypatch.setattr(guarded.layout_child, "lay_out", fail)
    other = GOOD.replace("park", "pool")
    for html in (GOOD, GOOD, other, other):
        assert "longer than 10 seconds" in problem_of(workspace, html).message
    assert asked == [GOOD, other]


def test_a_letter_is_laid_out_once_to_be_printed_and_proven(
    workspace: Workspace, child: LayoutChild, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    lay_out_there = child.lay_out

    def count(request: layout_child.LayoutRequest) -> Pdf | None:
        asked.append(request.html)
        return lay_out_there(request)

    monkeypatch.setattr(child, "lay_out", count)
    other = GOOD.replace("park", "pool")
    with files_held(None):
        assert laid_out(workspace) == laid_out(workspace)
        laid_out(workspace, other)
        laid_out(workspace)
    assert asked == [GOOD, other, GOOD]
    laid_out(workspace)
    assert len(asked) == 4
