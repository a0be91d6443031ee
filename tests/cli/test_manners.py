"""The command in a terminal and in other programs: color, completion, forms of reports."""

import json
import os
import pty
from pathlib import Path

import pytest

from advocacy.cli import group

from ..forking import ForkingServer
from ..tools.wide_terminal import read_terminal


def at_terminal(server: ForkingServer, *arguments: str | Path, **env: str) -> str:
    """What the command prints where standard error is a terminal."""
    main, terminal = pty.openpty()
    inherited = {name: v for name, v in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    with Path(os.devnull).open("r+") as nothing:
        streams = [nothing.fileno(), nothing.fileno(), terminal]
        run = server.begin([*map(str, arguments)], Path.cwd(), inherited | env, streams)
    os.close(terminal)
    printed = read_terminal(main)
    run.wait()
    return printed


@pytest.mark.parametrize(
    ("env", "colored"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_a_terminal_gets_color_unless_it_is_unwanted(
    forking_server: ForkingServer, small_campaign: Path, edit, env: dict[str, str], colored: bool
) -> None:
    edit(small_campaign, "timezone:", "timezon:")
    said = at_terminal(forking_server, "check", small_campaign, **env)
    assert "unknown-key" in said
    assert ("\x1b[" in said) is colored
    # This problem is raised, and printed after the command's own context has ended.
    said = at_terminal(forking_server, "check", "--explain", "fact-endet", **env)
    assert "unknown-code" in said
    assert ("\x1b[" in said) is colored


def test_a_dumb_terminal_gets_no_progress_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    from advocacy.cli import progress

    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(progress.watcher(quiet=False), progress.ProgressBar)
    monkeypatch.setenv("TERM", "dumb")
    assert not isinstance(progress.watcher(quiet=False), progress.ProgressBar)


def completed(run_cli, line: str, cwd: Path) -> list[str]:
    """What bash offers at the end of a line."""
    words = line.split(" ")
    env = {
        "_ADVOCACY_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    said = run_cli(env=env, cwd=cwd)
    assert said.stderr == ""
    return [offer.partition(",")[2] for offer in said.stdout.split()]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("advocacy check campaigns/mi", ["campaigns/microsoft.yaml"]),
        ("advocacy preview campaigns/am", ["campaigns/amazon.yaml"]),
        ("advocacy render campaigns/microsoft.yaml --stage t", ["thanks"]),
        ("advocacy approve campaigns/microsoft.yaml --stage h", ["hold"]),
        ("advocacy check --explain fact-n", ["fact-not-yet"]),
        ("advocacy check --ignore fact-n", ["fact-not-yet"]),
        ("advocacy render campaigns/microsoft.yaml --format pd", ["pdf"]),
        ("advocacy render campaigns/microsoft.yaml --format pdf,e", ["pdf,eml"]),
        ("advocacy render campaigns/microsoft.yaml --format pdf,p", []),
        ("advocacy facts touch campaigns/facts/face-recognition.yaml microsoft-no", [
            "microsoft-no-ban"
        ]),
        ("advocacy facts end campaigns/facts/face-recognition.yaml x --superseded-by aclu-u", [
            "aclu-urges-microsoft", "aclu-up-to-100-times"
        ]),
        ("advocacy templates vars campaigns/microsoft.yaml --stage=c", ["call"]),
        ("advocacy render campaigns/nothing.yaml --stage ", []),
        ("advocacy check --stage ", []),
    ],
)  # fmt: skip
def test_the_shell_completes_what_the_files_say(
    run_cli, campaigns: Path, line: str, offered: list[str]
) -> None:
    assert completed(run_cli, line, campaigns.parent) == offered


def test_campaigns_are_offered_and_facts_and_approvals_are_not(run_cli, campaigns: Path) -> None:
    (campaigns / "microsoft.approvals.yaml").write_text("stages: {}\n")
    offered = completed(run_cli, "advocacy check ", campaigns.parent)
    assert "campaigns/microsoft.yaml" in offered
    assert not any("approvals" in name for name in offered)
    assert completed(run_cli, "advocacy check campaigns/facts/f", campaigns.parent) == [
        "campaigns/facts/f"
    ], "the shell's own completion of files takes over"


def test_sarif_has_encoded_addresses_and_the_texts_of_its_rules(
    run_cli, small_campaign: Path, edit
) -> None:
    edit(small_campaign, "timezone:", "timezon:")
    odd = small_campaign.with_name("50% für alle.yaml")
    small_campaign.rename(odd)
    said = run_cli("check", odd.name, "--report", "sarif", cwd=odd.parent)
    (run,) = json.loads(said.stdout)["runs"]
    physical = run["results"][0]["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "50%25%20f%C3%BCr%20alle.yaml"
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    rule = rules["unknown-key"]
    assert rule["defaultConfiguration"] == {"level": "error"}
    for text in ("shortDescription", "fullDescription", "help"):
        assert len(rule[text]["text"]) > 20
    elsewhere = run_cli("check", odd, "--report", "sarif")  # not below the current folder
    (run,) = json.loads(elsewhere.stdout)["runs"]
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"].endswith("/50%25%20f%C3%BCr%20alle.yaml")


@pytest.mark.parametrize("report", [["--report", "json"], ["--report=json"]])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check"], "Missing argument"),
        (["check", "x.yaml", "--strickt"], "No such option"),
        (["chekc"], "Did you mean “check”?"),
        (["render", "x.yaml", "--format", "pfd"], "Did you mean “pdf”?"),
    ],
)
def test_wrong_usage_is_reported_as_json_where_json_is_wanted(
    run_cli, arguments: list[str], said: str, report: list[str]
) -> None:
    done = run_cli(*arguments, *report)
    assert done.returncode == 2
    assert done.stderr == ""
    (problem,) = json.loads(done.stdout)
    assert problem["code"] == "wrong-usage"
    assert said in problem["message"]
    assert "--help` lists" in problem["hint"]


def test_wrong_usage_is_a_text_where_the_form_itself_is_wrong(run_cli) -> None:
    done = run_cli("check", "x.yaml", "--report", "yaml")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Usage: advocacy check" in done.stderr


def test_the_first_example_works_where_the_package_alone_is_installed(
    run_cli, tmp_path: Path
) -> None:
    start = group.advocacy.epilog or ""
    assert start.splitlines()[0] == "Start with: advocacy new campaign my-campaign"
    answers = {
        "target": "Springfield Parks Department",
        "target-address": "2 Main Street; Springfield, IL 62701",
        "to": "Jane Doe",
        "demand": "Keep the park open",
        "sender": "Example Park Friends",
        "sender-address": "1 Example Street",
        "sender-email": "us@friends.example",
        "signatory": "A. Example",
        "timezone": "America/Chicago",
    }
    options = [word for key, value in answers.items() for word in (f"--{key}", value)]
    made = run_cli("new", "campaign", "my-campaign", "--yes", *options)
    assert made.returncode == 0, made.stderr
    assert "advocacy render my-campaign.yaml" in made.stdout
    rendered = run_cli("render", "my-campaign.yaml", "--format", "txt")
    assert rendered.returncode == 0, rendered.stderr
    assert list(tmp_path.glob("output/my-campaign/*/*.txt"))
