"""Batches on other machines: workers that share no disk, and may die."""

import importlib.util
import json
import pickle
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from advocacy.batch import cluster
from advocacy.batch.documents import BatchSettings, shared_digests
from advocacy.batch.worker import WantedLetter, make_letters
from advocacy.campaign.loading import load_campaign
from advocacy.errors import AdvocacyError

pytestmark = pytest.mark.slow
needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None,
    reason="needs distributed (pip install 'advocacy[cluster]')",
)


def settings_of(path: Path) -> BatchSettings:
    campaign, problems = load_campaign(path)
    assert campaign is not None
    assert problems == []
    return BatchSettings(
        campaign,
        campaign.letter_date(),
        ("pdf", "eml"),
        formats_asked_for=True,
        output=path.parent / "output",
        deliver="return",
        shared=shared_digests(campaign, ("pdf", "eml")),
    )


ELSEWHERE = """\
import pickle, sys
from pathlib import Path
from advocacy.batch.cluster import make_remotely
data, wanted = pickle.loads(Path(sys.argv[1]).read_bytes())
Path(sys.argv[2]).write_bytes(pickle.dumps(make_remotely(data, wanted)))
"""


def made_elsewhere(path: Path, tmp_path: Path) -> list:
    """Make a campaign's first letter in another process, when the campaign's folder is gone."""
    settings = settings_of(path)
    wanted = [WantedLetter(settings.campaign.file.target.addressees[0], "call")]
    (tmp_path / "task").write_bytes(pickle.dumps((cluster.pack_batch(settings), wanted)))
    shutil.move(path.parent, tmp_path / "away")
    command = [sys.executable, "-c", ELSEWHERE, str(tmp_path / "task"), str(tmp_path / "done")]
    subprocess.run(command, check=True, cwd=tmp_path)
    shutil.move(tmp_path / "away", path.parent)
    return pickle.loads((tmp_path / "done").read_bytes())[0]


def test_a_worker_needs_nothing_of_the_disk_that_the_campaign_is_on(
    campaigns: Path, tmp_path: Path
) -> None:
    path = campaigns / "microsoft.yaml"
    settings = settings_of(path)
    wanted = [WantedLetter(settings.campaign.file.target.addressees[0], "call")]
    (here,) = make_letters(settings, wanted)
    (there,) = made_elsewhere(path, tmp_path)
    assert set(here.documents) == {"smith.pdf", "smith.eml"}
    assert there == here


def test_problems_found_elsewhere_name_the_files_here(
    small_campaign: Path, edit, tmp_path: Path
) -> None:
    template = small_campaign.parent / "templates/letters/open.md"
    edit(template, "{{ demand.reply_by }}", "{{ demand.repl_by }}")
    (outcome,) = made_elsewhere(small_campaign, tmp_path)
    assert outcome.refused
    (problem,) = outcome.problems
    assert problem.place is not None
    assert problem.place.path == template
    assert problem.place.path.is_file()


def test_a_worker_with_other_libraries_makes_nothing(
    small_campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = cluster.pack_batch(settings_of(small_campaign))
    real = cluster.used_versions
    monkeypatch.setattr(cluster, "used_versions", lambda _: real(True) | {"pango": "1.49.0"})
    cluster._unpack.cache_clear()
    with pytest.raises(AdvocacyError) as caught:
        cluster.make_remotely(packed, [])
    (problem,) = caught.value.problems
    assert problem.code == "other-versions"
    assert "pango 1.49.0 instead of" in problem.message


@needs_dask
def test_a_scheduler_that_does_not_answer_is_told(
    small_campaign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with pytest.raises(AdvocacyError) as caught:
        cluster.Cluster(settings_of(small_campaign), "tcp://127.0.0.1:9")
    assert caught.value.problems[0].code == "no-cluster"


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, list["subprocess.Popen[bytes]"]]]:
    """A real scheduler with two worker processes, in a folder of their own."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    where = folder / "scheduler.json"

    def start(module: str, *options: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--scheduler-file", where]
        return subprocess.Popen(
            [*map(str, command), "--host", "127.0.0.1", "--no-dashboard", *options],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    running = [start("dask_scheduler", "--port", "0")]
    ends = time.monotonic() + 60
    while not where.exists() and time.monotonic() < ends:
        time.sleep(0.05)
    time.sleep(0.2)
    workers = [start("dask_worker", "--no-nanny", "--nthreads", "1") for _ in range(2)]
    running += workers
    yield json.loads(where.read_text())["address"], workers
    for process in running:
        process.kill()
        process.wait()


@needs_dask
def test_a_worker_that_is_killed_in_the_middle_costs_no_letter_and_no_byte(
    run_cli, small_campaign: Path, tmp_path: Path, scheduler
) -> None:
    address, workers = scheduler
    listed = tmp_path / "people.csv"
    rows = [f"p{n},Person {n},p{n}@list.example" for n in range(150)]
    listed.write_text("\n".join(["id,name,email", *rows, ""]))
    options = ["--recipients", listed, "--format", "pdf,eml"]
    command = [sys.executable, "-m", "advocacy", "render", small_campaign, *options]
    process = subprocess.Popen(
        [*map(str, command), "--output", "far", "--cluster", address], cwd=tmp_path,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    folder = tmp_path / "far/parks/call"
    ends = time.monotonic() + 90
    while len(list(folder.glob("*.pdf"))) < 20 and time.monotonic() < ends:
        time.sleep(0.02)
    assert process.poll() is None, process.communicate()
    workers[0].send_signal(signal.SIGKILL)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert "150 letters made (150 pdf, 150 eml)" in out
    assert run_cli("render", small_campaign, *options, "--output", "near").returncode == 0
    far, near = (
        {path.name: path.read_bytes() for path in (tmp_path / name / "parks/call").iterdir()}
        for name in ("far", "near")
    )
    assert len(near) == 301
    assert far == near
