"""`advocacy new campaign`: what is written is what was said, and it works as it stands."""

import errno
import os
import pty
import re
import select
import signal
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from advocacy.authoring.new_campaign.answers import (
    missing_answers,
    read_answers,
    system_timezone,
)
from advocacy.authoring.new_campaign.files import compose_campaign, wordings
from advocacy.authoring.new_campaign.models import Answers
from advocacy.authoring.writing import write_new
from advocacy.campaign.loading import Campaign, load_campaign
from advocacy.checks.patterns import pattern
from advocacy.checks.run import run_checks
from advocacy.cli.new import option
from advocacy.errors import AdvocacyError, has_errors
from advocacy.letters.compose import compose_letters
from advocacy.letters.letter import check

from ..forking import ForkingServer

TODAY = date(2026, 3, 2)
NEEDED: dict[str, Any] = {
    "name": "parks",
    "today": TODAY,
    "target": "Springfield Parks Department",
    "target_address": ("2 Main Street; Springfield, IL 62701",),
    "to": "Jane Doe",
    "demand": "Keep the park open",
    "sender": "Example Park Friends",
    "sender_address": ("1 Example Street", "Springfield, IL 62701"),
    "sender_email": "letters@friends.example",
    "signatory": "A. Example",
    "timezone": "America/Chicago",
}
PROOF: dict[str, Any] = {
    "precedents": [("Shelbyville", "kept its parks open until nine", "gazette")],
    "facts": [("visits", "In 2025 the park had 40,000 visits", "report")],
    "sources": [
        ("gazette", "Parks Open Late", "Shelbyville Gazette", "2026-02-01",
         "https://gazette.example/parks"),
        ("report", "The Park in Figures", "Springfield Parks Department", "2026-01-15",
         "https://parks.example/figures"),
    ],
    "checked": "2026-03-01",
}  # fmt: skip


def answers_of(given_: dict[str, Any]) -> Answers:
    return read_answers(given_, option)


def written(folder: Path, **changes: Any) -> Campaign:
    new = compose_campaign(answers_of(NEEDED | changes), folder)
    new.write()
    campaign, problems = load_campaign(new.campaign)
    assert campaign is not None, problems
    assert problems == []
    return campaign


def body(campaign: Campaign, day: date = TODAY) -> str:
    composed = compose_letters(campaign, day=day)
    assert not has_errors(composed.problems), composed.problems
    [letter] = composed.letters
    assert check(letter, campaign)[0] is not None
    return letter.body.text()


def options(answers: dict[str, Any]) -> list[str]:
    """The same answers on the command line."""
    typed: list[str] = []
    names = {"asks": "ask", "precedents": "precedent", "facts": "fact", "sources": "source"}
    for key, value in answers.items():
        name = f"--{names.get(key, key.replace('_', '-'))}"
        if key == "today":
            typed += ["--date", value.isoformat()]
        elif isinstance(value, str):
            typed += [name, value] if key != "name" else []
        else:
            for one in value:
                typed += [name, *([one] if isinstance(one, str) else one)]
    return typed


# --- what comes out ----------------------------------------------------------------------------


@pytest.mark.parametrize("proof", [{}, PROOF], ids=["no facts", "facts"])
def test_a_new_campaign_checks_and_renders_as_it_stands(
    run_cli, tmp_path: Path, proof: dict[str, Any]
) -> None:
    (tmp_path / "campaigns").mkdir()
    made = run_cli("new", "campaign", "parks", *options(NEEDED | proof))
    assert made.returncode == 0, made.stderr
    assert made.stderr == ""
    assert "Checked: no problems." in made.stdout
    for command in re.findall(r"(?m)^  advocacy (.+?)  ", made.stdout.partition("Next:")[2]):
        if command.startswith("preview"):  # it runs until somebody stops it
            continue
        result = run_cli(*command.split(), *(("--date", "2026-03-02") * ("render" in command)))
        assert result.returncode == 0, result.stderr
    assert (tmp_path / "output/parks/call/jane-doe.pdf").read_bytes().startswith(b"%PDF")
    strict = run_cli("check", "campaigns/parks.yaml", "--date", "2026-03-02", "--strict")
    assert strict.returncode == 0, strict.stderr
    assert "no problems" in strict.stdout


def test_the_letter_says_what_was_typed_and_claims_nothing_else(tmp_path: Path) -> None:
    campaign = written(tmp_path, **PROOF, asks=("Keep it open until nine", "Mend the lamps!"))
    text = body(campaign)
    for typed in (
        "1. Keep it open until nine.",
        "2. Mend the lamps!",
        "- Shelbyville has kept its parks open until nine.",
        "In 2025 the park had 40,000 visits.",
        "March 16, 2026",
    ):
        assert typed in text
    assert set(campaign.facts) == {"shelbyville", "visits"}
    assert {fact.checked for fact in campaign.facts.values()} == {date(2026, 3, 1)}
    assert campaign.facts["shelbyville"].from_ == date(2026, 2, 1)
    assert not run_checks(campaign, today=TODAY).problems


def test_without_facts_the_letter_only_asks(tmp_path: Path) -> None:
    text = body(written(tmp_path))
    assert [part.strip() for part in text.split("\n\n")] == [
        "We write to Springfield Parks Department with this request:",
        "1. Keep the park open.",
        "We would be grateful for your reply by March 16, 2026, to letters@friends.example.",
    ]
    assert not (tmp_path / "facts").exists()


@pytest.mark.parametrize("proof", [{}, PROOF], ids=["no facts", "facts"])
def test_nothing_is_invented_that_could_be_mailed_by_mistake(
    tmp_path: Path, proof: dict[str, Any]
) -> None:
    new = compose_campaign(answers_of(NEEDED | proof), tmp_path)
    text = "\n".join(new.files.values())
    typed = str(NEEDED | proof)
    for found in re.findall(r"[\w.]+@[\w.]+|https://\S+", text):
        assert found in typed
    campaign = written(tmp_path, **proof)
    assert not pattern("placeholder").search(body(campaign))
    assert campaign.file.sender.reply_to is None
    assert campaign.file.target.addressees[0].email is None


def test_a_fact_that_nobody_says_to_have_checked_is_not_noted_as_checked(tmp_path: Path) -> None:
    campaign = written(tmp_path, **(PROOF | {"checked": None}))
    assert {fact.checked for fact in campaign.facts.values()} == {None}
    codes = {problem.code for problem in run_checks(campaign, today=TODAY).problems}
    assert codes == {"recheck-due"}


@pytest.mark.parametrize("language", ["en-GB", "de", "fr", "es"])
def test_a_campaign_may_begin_in_any_language_that_has_set_words(
    tmp_path: Path, language: str
) -> None:
    campaign = written(tmp_path, **PROOF, language=language)
    request = wordings()[language[:2]]["request"].partition("{{")[0]
    # German goes on in lower case after the comma of the salutation.
    assert body(campaign).casefold().startswith(request.casefold())
    problems = run_checks(campaign, today=TODAY).problems
    assert not has_errors(problems), problems


def test_its_days_leave_time_to_answer(tmp_path: Path) -> None:
    stage = written(tmp_path / "a").file.stages["call"]
    assert (stage.from_, stage.until) == (TODAY, TODAY + timedelta(days=30))
    by_day = written(tmp_path / "b", reply_by="2026-03-20").file
    assert by_day.stages["call"].until == date(2026, 3, 13)
    assert by_day.demand.reply_by == date(2026, 3, 20)
    soon = written(tmp_path / "c", reply_by="2026-03-04").file.stages["call"]
    assert soon.until == TODAY


def test_a_letter_of_the_name_of_a_built_in_one_does_not_take_its_place(campaigns: Path) -> None:
    campaign = written(campaigns, name="thanks")
    assert campaign.file.stages["call"].template == "thanks-letter"
    other, problems = load_campaign(campaigns / "microsoft.yaml")
    assert other is not None
    assert not problems
    letters = compose_letters(other, day=date(2020, 6, 12)).letters
    assert "with this request" not in letters[0].body.text()


def test_the_sender_may_come_from_another_campaign(run_cli, campaigns: Path) -> None:
    given_ = {key: value for key, value in NEEDED.items() if "sender" not in key}
    del given_["signatory"]
    path = campaigns / "microsoft.yaml"
    made = run_cli("new", "campaign", "parks", *options(given_), "--sender-from", path)
    assert made.returncode == 0, made.stderr
    new, old = load_campaign(campaigns / "parks.yaml")[0], load_campaign(path)[0]
    assert new is not None
    assert old is not None
    assert new.file.sender == old.file.sender
    assert "yaml-language-server" in (campaigns / "parks.yaml").read_text("utf-8")


def test_images_of_a_sender_are_not_named_from_a_folder_where_they_are_not(
    run_cli, campaigns: Path, edit
) -> None:
    given_ = {key: value for key, value in NEEDED.items() if "sender" not in key}
    path = campaigns / "microsoft.yaml"
    edit(path, "title: Director}", "title: Director, signature: a.png}")
    made = run_cli("new", "campaign", "parks", *options(given_), "--sender-from", path,
                   "--folder", "elsewhere")  # fmt: skip
    assert made.returncode == 1
    assert "--folder" in made.stderr
    assert not (campaigns.parent / "elsewhere").exists()


LINE = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), include_characters=" "), min_size=1
).filter(lambda text: text.strip(" ."))


@given(LINE, LINE, LINE)
@example("no", "2020-06-10", "12:30")
@example("- a: b # c", "{{ recipient.name }}", "%TAG [x], {y}")
@example("*Bob*", "'single' \"double\"", "O’Neil \\ & @x ! |")
@example("1_000", "~", "0x1F")
@example("0", "?0", ":0")
def test_whatever_is_typed_is_read_back_as_it_was(one: str, two: str, three: str) -> None:
    answers = answers_of(
        NEEDED
        | {"target": one, "to": two, "sender_address": ("1 Example Street", three)}
        | {"precedents": [(three, two, "s")], "facts": [("f", one, "s")]}
        | {"sources": [("s", one, two, "2026-02-01", "https://s.example/")]}
    )
    from advocacy.campaign.campaign import CampaignFile
    from advocacy.campaign.facts import parse_facts
    from advocacy.campaign.sources import parse_sources
    from advocacy.files.yaml.reading import parse, read_yaml_text

    new = compose_campaign(answers, Path("folder"))
    assert new.facts
    assert new.sources
    file, problems = parse(CampaignFile, read_yaml_text(new.files[new.campaign], new.campaign))
    assert file is not None, problems
    facts, _ = parse_facts(read_yaml_text(new.files[new.facts], new.facts))
    sources, _ = parse_sources(read_yaml_text(new.files[new.sources], new.sources))
    assert file.target.organization == answers.target == one.strip()
    assert file.target.addressees[0].name == two.strip()
    assert file.sender.address == answers.sender_address
    assert file.precedents[0].organization == answers.precedents[0].organization
    assert file.precedents[0].fact in facts
    assert str(facts["f"].statement) == answers.facts[0].statement
    assert sources["s"].title == one.strip()


# --- what is refused ---------------------------------------------------------------------------


def test_what_is_missing_is_named_at_once_where_nobody_can_be_asked(run_cli) -> None:
    result = run_cli("new", "campaign", "parks", "--to", "Jane Doe", env={"TZ": "Europe/Paris"})
    assert result.returncode == 2
    said = " ".join(result.stderr.split())
    assert "--target, --target-address, --demand, --sender, --sender-address" in said
    assert "--to," not in said
    assert "terminal" in said
    assert "--yes" in run_cli("new", "campaign", "parks", "--yes").stderr
    assert set(missing_answers({})) == set(NEEDED) - {"name", "today", "to"}


def test_a_campaign_without_a_person_writes_to_the_organization(run_cli, tmp_path: Path) -> None:
    given = {key: value for key, value in NEEDED.items() if key not in ("to", "today")}
    result = run_cli("new", "campaign", "parks", "--yes", *options(given))
    assert result.returncode == 0, result.stderr
    assert "Checked: no problems." in result.stdout
    assert "name: a person there; without one" in (tmp_path / "parks.yaml").read_text("utf-8")


def test_everything_that_is_wrong_is_said_at_once(run_cli, tmp_path: Path) -> None:
    wrong = NEEDED | PROOF | {"to_email": "jane", "reply_by": "soon", "country": "Atlantis"}
    wrong |= {"sources": [("gazette", "Parks", "Gazette", "yesterday", "gazette.example/a")]}
    result = run_cli("new", "campaign", "parks", *options(wrong))
    assert result.returncode == 1
    for said in (
        "bad-email: --to-email", "wrong-type: --reply-by", "bad-country: --country",
        "bad-date: --source, issued", "bad-url: --source, url", "Write `https://gazette.example/a`",
    ):  # fmt: skip
        assert said in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"precedents": [("A", "done it", "gazete")]}, "unknown-source", "Did you mean `gazette`?"),
        ({"facts": [("a", "B.", "x-1")]}, "unknown-source", "--source x-1 TITLE"),
        ({"facts": [("a", "B.", "report")] * 2}, "duplicate-id", "--fact"),
        ({"sources": PROOF["sources"] * 2}, "duplicate-id", "--source"),
        ({"sources": [("gazette", "A", "B", "2026", "https://a.example/"),
                      PROOF["sources"][1]]}, "source-too-new", "2026-12-31"),
        ({"checked": "2026-03-03"}, "day-to-come", "--checked"),
        ({"reply_by": "2026-03-02"}, "deadline-passed", "--reply-by"),
        ({"language": "ja"}, "unknown-language", "en, de, es, fr"),
    ],
)  # fmt: skip
def test_answers_that_do_not_go_together_are_refused(
    changes: dict[str, Any], code: str, said: str
) -> None:
    with pytest.raises(AdvocacyError) as caught:
        answers_of(NEEDED | PROOF | changes)
    problems = caught.value.problems
    assert {problem.code for problem in problems} == {code}
    assert said in f"{problems[0].message} {problems[0].hint}"


@pytest.mark.parametrize("name", ["Parks", "parks.fr", "parks.approvals", "../parks", "con", ""])
def test_a_name_that_cannot_be_a_file_of_its_own_is_refused(run_cli, name: str) -> None:
    result = run_cli("new", "campaign", name, *options(NEEDED))
    assert result.returncode == 2, result.stderr


# --- writing -----------------------------------------------------------------------------------


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() if p.is_file() else b"" for p in sorted(folder.rglob("*"))}


@pytest.mark.parametrize(
    "taken", ["parks.yaml", "facts/parks.yaml", "sources/parks.yaml", "templates/letters/parks.md"]
)
def test_no_file_is_ever_written_over(run_cli, tmp_path: Path, taken: str) -> None:
    path = tmp_path / taken
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine\n", "utf-8")
    before = snapshot(tmp_path)
    result = run_cli("new", "campaign", "parks", *options(NEEDED | PROOF))
    assert result.returncode == 1
    assert "file-exists" in result.stderr
    assert taken in result.stderr
    assert snapshot(tmp_path) == before


def test_a_link_that_leads_nowhere_is_a_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "nowhere")
    with pytest.raises(AdvocacyError):
        write_new({tmp_path / "a": b"x"})
    assert not (tmp_path / "nowhere").exists()


def test_where_one_file_cannot_be_written_none_is(tmp_path: Path) -> None:
    (tmp_path / "facts").write_text("a file where a folder should be\n", "utf-8")
    before = snapshot(tmp_path)
    with pytest.raises(AdvocacyError) as caught:
        written(tmp_path, **PROOF)
    assert caught.value.problems[0].code == "cannot-write"
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left")])
def test_an_interrupted_writing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    real, calls = Path.hardlink_to, []

    def failing(self: Path, target: Path) -> None:
        calls.append(self)
        if len(calls) == 3:
            (self.parent / "another").write_text("somebody else’s\n", "utf-8")
            raise error
        real(self, target)

    monkeypatch.setattr(Path, "hardlink_to", failing)
    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises((KeyboardInterrupt, AdvocacyError)):
        written(tmp_path, **PROOF)
    left = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert left == ["another"]


def test_a_file_that_appears_meanwhile_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.hardlink_to

    def late(self: Path, target: Path) -> None:
        self.write_text("quicker\n", "utf-8")
        real(self, target)

    monkeypatch.setattr(Path, "hardlink_to", late)
    with pytest.raises(AdvocacyError, match="file-exists"):
        write_new({tmp_path / "a": b"x"})
    assert (tmp_path / "a").read_text("utf-8") == "quicker\n"
    assert len(list(tmp_path.iterdir())) == 1


def test_files_are_written_where_there_are_no_hard_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    written(tmp_path, **PROOF)
    assert not list(tmp_path.rglob(".*"))


def test_today_is_the_day_in_the_campaigns_time_zone(run_cli, tmp_path: Path) -> None:
    begun = []
    for zone in ("Etc/GMT+12", "Etc/GMT-14"):  # 26 hours apart: never the same day
        typed = options({k: v for k, v in NEEDED.items() if k not in ("today", "timezone")})
        args = ("--timezone", zone, "--folder", zone[-3:])
        made = run_cli("new", "campaign", "parks", *typed, *args, env={"TZ": "America/New_York"})
        assert made.returncode == 0, made.stderr
        campaign, _ = load_campaign(tmp_path / zone[-3:] / "parks.yaml")
        assert campaign is not None
        begun.append(campaign.file.stages["call"].from_)
    assert begun[0] < begun[1]


# --- the interview -----------------------------------------------------------------------------


class Terminal:
    """The command on a terminal of its own."""

    def __init__(self, server: ForkingServer, folder: Path, *arguments: str) -> None:
        main, terminal = pty.openpty()
        env = os.environ | {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "100"}
        self.process = server.begin(["new", "campaign", *arguments], folder, env, [terminal] * 3)
        os.close(terminal)
        self.main, self.said = main, ""

    def read(self, until: str = "") -> str:
        """What is said from here until a text, or until the end."""
        said = ""
        while not until or until not in said:
            waiting, _, _ = select.select([self.main], [], [], 60)
            assert waiting, f"waited a minute for {until!r}: {self.said}{said}"
            try:
                block = os.read(self.main, 65536)
            except OSError:
                break
            if not block:
                break
            said += block.decode()
        self.said += said
        assert until in said, f"waited for {until!r}: {self.said}"
        return said

    def answer(self, question: str, text: str) -> None:
        self.read(question)
        os.write(self.main, f"{text}\n".encode())

    def end(self) -> int:
        self.read()
        os.close(self.main)
        return self.process.wait(timeout=60)


def test_the_interview_asks_for_what_matters_and_asks_again_for_what_is_wrong(
    forking_server: ForkingServer,
    tmp_path: Path,
) -> None:
    today = date.today()  # noqa: DTZ011 - the interview's own day is the machine's
    talk = Terminal(
        forking_server, tmp_path, "parks", "--timezone", "UTC", "--to-title", "Director"
    )
    for question, text in (
        ("Full name of the organization", "Springfield Parks Department"),
        ("postal address", "2 Main Street; Springfield, IL 62701"),
        ("person there you write to", "Jane Doe"),
        ("Name after “Dear”", "Ms. Doe"),
        ("Email address", "jane"),
        ("Email address", "jane@parks.example"),
        ("Country of the address", "US"),
        ("demand in one line", "Keep the park open"),
        ("1.", "Keep the park open until nine"),
        ("2.", ""),
        ("When do you need", "soon"),
        ("When do you need", "2020-01-01"),
        ("When do you need", "3 weeks"),
        ("Who has done it? (press Enter", "Shelbyville"),
        ("Shelbyville has …", "kept its parks open until nine"),
        ("The page’s address", "https://gazette.example/parks"),
        ("Its title", "Parks Open Late"),
        ("Who published it", "Shelbyville Gazette"),
        ("Publication date", "2099"),
        ("Publication date", "2026-02-01"),
        ("Who has done it? (press Enter", ""),
        ("One plain sentence", "Many people came to the park."),
        ("Short name", "came"),
        ("The page’s address", "https://gazette.example/parks"),
        ("One plain sentence", ""),
        ("last check", ""),
        ("organization’s name", "Example Park Friends"),
        ("postal address", "1 Example Street"),
        ("letters are sent from", "letters@friends.example"),
        ("Name of the person who signs", "A. Example"),
        ("title", ""),
        ("Language of the letter", "nl"),
        ("Language of the letter", ""),
    ):
        talk.answer(question, text)
    assert talk.end() == 0, talk.said
    assert "There is no new letter in the language `nl`" in talk.said
    assert "Checked: no problems." in talk.said
    campaign, problems = load_campaign(tmp_path / "parks.yaml")
    assert campaign is not None, problems
    person = campaign.file.target.addressees[0]
    assert (person.salutation, person.title) == ("Ms. Doe", "Director")
    assert campaign.file.demand.reply_by == timedelta(weeks=3)
    assert list(campaign.sources) == ["shelbyville-gazette-2026-02-01"]
    assert set(campaign.facts) == {"shelbyville", "came"}
    assert abs((campaign.facts["came"].checked or TODAY) - today) <= timedelta(days=1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to-email", "jane"), "bad-email: --to-email"),
        (("--language", "ja"), "unknown-language"),
        (("--precedent", "A", "done it", "gazette"), "unknown-source"),
    ],
)
def test_nobody_is_interviewed_in_vain(
    forking_server: ForkingServer, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    talk = Terminal(forking_server, tmp_path, "parks", *arguments)
    assert talk.end() == 1
    assert said in talk.said.replace("\x1b[0m", "").replace("\x1b[31m", "")
    assert "questions" not in talk.said


def test_nobody_is_interviewed_for_a_campaign_that_is_there(
    forking_server: ForkingServer, campaigns: Path
) -> None:
    talk = Terminal(forking_server, campaigns, "microsoft")
    assert talk.end() == 1
    assert "file-exists" in talk.said
    assert "questions" not in talk.said


def test_one_can_go_back_to_the_previous_question(
    forking_server: ForkingServer, tmp_path: Path
) -> None:
    known = ("precedents", "facts", "sources")
    rest = {**NEEDED, **PROOF}
    given = {k: v for k, v in rest.items() if k not in ("today", "name", "to", "demand", *known)}
    talk = Terminal(forking_server, tmp_path, "parks", *options(given))
    for question, text in (
        ("The person there you write to", "Jan Do"),
        ("That person’s title", "<"),
        ("The person there you write to", "Jane Doe"),
        ("That person’s title", ""),
        ("Name after “Dear”", ""),
        ("Email address", ""),
        ("Country of the address", "US"),
        ("demand in one line", "Keep the park open"),
        ("1.", "Keep it"),
        ("2.", "<"),
        ("1.", "<"),
        ("demand in one line", "Open the park"),
        ("1.", ""),
        ("When do you need", ""),
        ("Who has done it? (press Enter", ""),
        ("One plain sentence", ""),
        ("That person’s title", ""),
        ("Language of the letter", ""),
    ):
        talk.answer(question, text)
    assert talk.end() == 0, talk.said
    campaign, problems = load_campaign(tmp_path / "parks.yaml")
    assert campaign is not None, problems
    assert campaign.file.target.addressees[0].name == "Jane Doe"
    assert "  asks:\n    - Open the park.\n" in (tmp_path / "parks.yaml").read_text("utf-8")


def test_an_interview_that_is_broken_off_writes_nothing(
    forking_server: ForkingServer, tmp_path: Path
) -> None:
    talk = Terminal(forking_server, tmp_path, "parks")
    talk.answer("Full name of the organization", "Springfield Parks Department")
    talk.read("postal address: ")
    time.sleep(0.1)  # let the prompt begin to wait
    talk.process.send_signal(signal.SIGINT)
    assert talk.end() == 130
    assert "Stopped. Nothing was written." in talk.said
    assert list(tmp_path.iterdir()) == []


# --- the time zone -----------------------------------------------------------------------------


def test_the_time_zone_is_the_machines_where_it_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TZ", raising=False)
    (tmp_path / "etc").mkdir()
    assert system_timezone(tmp_path) is None
    (tmp_path / "etc" / "timezone").write_text("Europe/Paris\n", "utf-8")
    assert system_timezone(tmp_path) == "Europe/Paris"
    (tmp_path / "etc" / "localtime").symlink_to("/usr/share/zoneinfo/America/Chicago")
    assert system_timezone(tmp_path) == "America/Chicago"
    monkeypatch.setenv("TZ", ":Asia/Tokyo")
    assert system_timezone(tmp_path) == "Asia/Tokyo"
    monkeypatch.setenv("TZ", "EST5EDT,M3.2.0,M11.1.0")
    assert system_timezone(tmp_path) == "America/Chicago"


def test_answers_know_what_they_are_made_of() -> None:
    assert set(NEEDED) | set(PROOF) <= set(Answers.model_fields)
