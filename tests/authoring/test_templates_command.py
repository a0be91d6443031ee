"""`advocacy templates`, `advocacy new template`, and the volunteers' ten minutes."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from advocacy.authoring.templates.catalogue import Template, catalogue, printable
from advocacy.authoring.templates.copying import new_template
from advocacy.campaign.loading import Campaign
from advocacy.errors import AdvocacyError
from advocacy.files.workspace import Workspace
from advocacy.letters.compose import compose_letter
from advocacy.resources import read_table
from advocacy.templating import letter_environment
from advocacy.templating.filters import FILTERS as ALL_FILTERS

from ..loaded import loaded
from ..pages import quoted
from ..tools.wide_terminal import lines_on_terminal

REFERENCE = read_table("templating/reference.toml")


def listed(path: Path, templates: Path | None = None) -> dict[str, Template]:
    campaign = loaded(path, templates)
    return {one.name: one for one in catalogue(campaign.workspace, [campaign])}


# --- list --------------------------------------------------------------------------------------


def test_every_template_is_listed_with_where_it_comes_from_and_who_uses_it(
    campaigns: Path, project_root: Path
) -> None:
    found = listed(campaigns / "microsoft.yaml")
    there = {
        path.relative_to(project_root / "templates").as_posix()
        for path in (project_root / "templates").glob("*/*")
        if path.suffix != ".svg"  # a picture for the pages of layouts
    }
    assert set(found) == there
    assert {one.origin for one in found.values()} == {"built in"}
    assert found["letters/call-to-follow.md"].used_by == ("microsoft/call",)
    assert found["partials/nist.md"].used_by == ("microsoft/call",)
    assert found["layouts/email.css"].used_by == tuple(
        f"microsoft/{stage}" for stage in ("call", "thanks", "hold", "keep")
    )
    assert found["words/en.yaml"].used_by
    assert not found["words/de.yaml"].used_by


def test_a_copy_hides_the_built_in_one_and_a_folder_given_hides_both(
    campaigns: Path, tmp_path: Path
) -> None:
    new_template("thanks", campaigns)
    own = listed(campaigns / "microsoft.yaml")["letters/thanks.md"]
    assert (own.origin, [origin for origin, _ in own.hides]) == ("campaign", ["built in"])
    assert own.path == campaigns / "templates" / "letters" / "thanks.md"
    given = tmp_path / "given" / "letters"
    given.mkdir(parents=True)
    (given / "thanks.md").write_text("Thanks.\n", "utf-8")
    first = listed(campaigns / "microsoft.yaml", given.parent)["letters/thanks.md"]
    assert (first.origin, first.used_by) == ("--templates", ("microsoft/thanks",))
    assert [origin for origin, _ in first.hides] == ["campaign", "built in"]


def test_the_list_tells_programs_and_people_the_same(run_cli, campaigns: Path) -> None:
    run_cli("new", "template", "thanks")
    shown = run_cli("templates", "list")
    assert shown.returncode == 0, shown.stderr
    rows = {line.split()[0]: line for line in shown.stdout.splitlines()}
    assert "in place of the built in one" in rows["letters/thanks.md"]
    assert rows["letters/thanks.md"].endswith("microsoft/thanks")
    assert "all " in rows["layouts/email.html"]
    assert rows["words/fr.yaml"].endswith("-")
    data = json.loads(run_cli("templates", "list", "--report", "json").stdout)["templates"]
    assert [one["name"] for one in data] == list(rows)
    by_name = {one["name"]: one for one in data}
    assert by_name["letters/thanks.md"]["origin"] == "campaign"
    assert by_name["letters/thanks.md"]["hides"][0]["origin"] == "built in"
    text = run_cli("templates", "list", "--report", "csv").stdout
    assert [row["name"] for row in csv.DictReader(io.StringIO(text))] == list(rows)


def test_a_campaign_that_cannot_be_read_does_not_hide_the_list(run_cli, campaigns: Path) -> None:
    (campaigns / "ibm.yaml").write_text("stages: [\n", "utf-8")
    shown = run_cli("templates", "list")
    assert shown.returncode == 1
    assert "ibm.yaml" in shown.stderr
    assert "microsoft/thanks" in shown.stdout


@pytest.mark.parametrize(("command", "width"), [("list", 60), ("vars", 60), ("vars", 140)])
def test_the_tables_fit_the_terminal(
    forking_server, campaigns: Path, command: str, width: int
) -> None:
    campaign = str(campaigns / "microsoft.yaml")
    lines = lines_on_terminal(forking_server, width, "templates", command, campaign)
    assert sum("─" in line for line in lines) > 2
    assert max(len(line.rstrip()) for line in lines) <= width


# --- vars --------------------------------------------------------------------------------------


def write_letter(campaign: Path, text: str) -> Campaign:
    folder = campaign.parent / "templates" / "letters"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "call-to-follow.md").write_text(text, "utf-8")
    return loaded(campaign)


def printed(campaign: Campaign) -> str:
    person, day = campaign.file.target.addressees[0], campaign.letter_date()
    return compose_letter(campaign, person, "call", day).body.text()


def test_every_variable_prints_what_the_table_says(campaigns: Path) -> None:
    path = campaigns / "microsoft.yaml"
    found = printable(loaded(path))
    assert (found.stage, found.recipient.letter_id) == ("call", "smith")
    simple = [one for one in found.variables if one.printed or one.kind == "text"]
    # This stage follows no letter, and a template that prints one is told.
    simple = [one for one in simple if not one.name.startswith("previous.")]
    assert len(simple) > 30
    campaign = write_letter(path, "".join(f"[{{{{ {one.name} }}}}]\n\n" for one in simple))
    assert printed(campaign) == "".join(f"[{one.printed}]\n\n" for one in simple)


def test_every_name_that_templates_know_is_in_the_table(campaigns: Path) -> None:
    campaign = write_letter(campaigns / "microsoft.yaml", "{{ nothing_of_that_name }}\n")
    with pytest.raises(AdvocacyError) as caught:
        printed(campaign)
    known = set(re.findall(r"`(\w+)`", caught.value.problems[0].hint))
    roots = {re.split(r"[.\[]", one.name)[0] for one in printable(campaign).variables}
    assert roots | {one["name"] for one in REFERENCE["functions"]} == known


def test_columns_of_a_list_are_variables_too(campaigns: Path) -> None:
    found = printable(loaded(campaigns / "congress.yaml"), stage="cosponsor")
    assert {"recipient.committees", "recipient.chamber"} <= {one.name for one in found.variables}


def test_functions_and_filters_are_all_told_and_work(campaigns: Path) -> None:
    assert {one["name"] for one in REFERENCE["filters"]} == set(ALL_FILTERS)
    path = campaigns / "microsoft.yaml"
    environment = letter_environment(Workspace.of(path))
    assert {one["name"] for one in REFERENCE["functions"]} == set(environment.globals)
    for tool in (*REFERENCE["functions"], *REFERENCE["filters"]):
        example = tool["example"].replace('"id"', '"nist-majority"')
        assert printed(write_letter(path, f"Before {example} after.\n")), tool
    told = [tool["does"] for tool in REFERENCE["filters"]]
    assert all(len(does) < 70 and not does.endswith(".") for does in told)


def test_the_variables_of_another_stage_and_person(run_cli, campaigns: Path, edit) -> None:
    path = campaigns / "microsoft.yaml"
    args = ("templates", "vars", path, "--stage", "keep", "--date", "2026-06-01")
    data = json.loads(run_cli(*args, "--report", "json").stdout)
    by_name = {one["name"]: one for one in data["variables"]}
    assert (data["stage"], data["recipient"]) == ("keep", "smith")
    assert by_name["date"]["value"] == "2026-06-01"
    assert by_name["date"]["prints"] == "June 1, 2026"
    assert {one["name"] for one in data["functions"]} >= {"cite", "fact", "quote"}
    rows = list(csv.DictReader(io.StringIO(run_cli(*args, "--report", "csv").stdout)))
    assert [row["name"] for row in rows] == list(by_name)
    text = run_cli(*args).stdout
    assert re.search(r"(?m)^\{\{ recipient\.name \}\} +Brad Smith$", text)
    assert re.search(r"(?m)^\{\{ recipient\.city \}\} +\(empty\)$", text)
    wrong = run_cli("templates", "vars", path, "--only", "smyth")
    assert wrong.returncode == 1
    assert "Did you mean `smith`?" in wrong.stderr
    wrong = run_cli("templates", "vars", path, "--stage", "kep")
    assert wrong.returncode == 1
    assert "Did you mean `keep`?" in wrong.stderr


# --- new template ------------------------------------------------------------------------------


def test_a_letter_is_copied_with_its_translations_byte_for_byte(
    campaigns: Path, tmp_path: Path
) -> None:
    given = tmp_path / "given"
    (given / "letters").mkdir(parents=True)
    (given / "letters" / "short.md").write_bytes(b"Short.\r\n")
    (given / "letters" / "short.fr.md").write_bytes(b"Court.\n")
    copied = new_template("ours", campaigns, letter="short", templates=given)
    letters = campaigns / "templates" / "letters"
    assert set(copied.files) == {letters / "ours.md", letters / "ours.fr.md"}
    assert (letters / "ours.md").read_bytes() == b"Short.\r\n"
    assert (letters / "ours.fr.md").read_bytes() == b"Court.\n"


def test_a_letter_of_a_new_name_makes_the_asks_and_copies_no_other(
    run_cli, campaigns: Path, edit
) -> None:
    made = run_cli("new", "template", "de")
    assert made.returncode == 0, made.stderr
    assert "templates/letters/de.md: a new letter, not a copy." in made.stdout
    text = (campaigns / "templates" / "letters" / "de.md").read_text("utf-8")
    assert "face" not in text
    edit(campaigns / "microsoft.yaml", "template: call-to-follow\n", "template: de\n")
    command = ("render", campaigns / "microsoft.yaml", "--stage", "call", "--format", "txt")
    result = run_cli(*command, "--date", "2020-06-10")
    assert result.returncode == 0, result.stderr


def test_a_layout_is_copied_with_its_styles_and_letters_can_be_set_in_it(
    run_cli, campaigns: Path, edit
) -> None:
    made = run_cli("new", "template", "our-paper", "--layout", "window-10")
    assert made.returncode == 0, made.stderr
    assert "layout: our-paper" in made.stdout
    layouts = campaigns / "templates" / "layouts"
    assert sorted(path.name for path in layouts.iterdir()) == ["our-paper.css", "our-paper.html"]
    edit(
        campaigns / "microsoft.yaml",
        "template: call-to-follow\n",
        "template: call-to-follow\n    layout: our-paper\n",
    )
    result = run_cli("render", campaigns / "microsoft.yaml", "--format", "pdf")
    assert result.returncode == 0, result.stderr


def test_a_copy_under_the_same_name_says_which_letters_it_changes(run_cli, campaigns: Path) -> None:
    made = run_cli("new", "template", "thanks")
    assert made.returncode == 0
    assert "replaces the original in: microsoft/thanks." in made.stdout
    made = run_cli("new", "template", "our-thanks", "--from", "thanks")
    assert "template: our-thanks" in made.stdout


def test_a_copy_is_never_written_over_another_file(run_cli, campaigns: Path) -> None:
    run_cli("new", "template", "thanks")
    path = campaigns / "templates" / "letters" / "thanks.md"
    path.write_text("Mine.\n", "utf-8")
    again = run_cli("new", "template", "thanks")
    assert again.returncode == 1
    assert "file-exists" in again.stderr
    assert path.read_text("utf-8") == "Mine.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("ours", "--from", "thank"), 1, "Did you mean `thanks`?"),
        (("ours", "--layout", "leter"), 1, "Did you mean `letter`?"),
        (("letter", "--layout", "window-10"), 1, "based on itself"),
        (("ours", "--layout", "letter", "--from", "thanks"), 2, "Use only one of them"),
        (("call.fr", "--from", "thanks"), 2, "contains a dot"),
        (("../ours",), 2, "is not a valid id"),
    ],
)
def test_a_copy_that_cannot_be_is_refused(
    run_cli, campaigns: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    result = run_cli("new", "template", *arguments)
    assert result.returncode == code
    assert said in " ".join(result.stderr.split())
    assert not (campaigns / "templates").exists()


# --- ten minutes -------------------------------------------------------------------------------

STEP = re.compile(
    r"<!-- run -->\n\n    \$ advocacy (?P<command>[^\n]+)\n(?:(?:    [^\n]*)?\n)*?(?=\n[^ ]|\Z)"
    r"|<!-- edit (?P<file>\S+) -->\n\n```\n(?P<old>.*?)\n```\n.*?```\n(?P<new>.*?)\n```\n",
    re.DOTALL,
)


def test_the_ten_minutes_of_the_volunteers_page_happen_as_they_are_told(
    run_cli, campaigns: Path, edit, project_root: Path, request: pytest.FixtureRequest
) -> None:
    root = campaigns.parent
    page = project_root / "templates" / "README.md"
    text = page.read_text("utf-8")
    real: list[str] = []
    codes: list[int] = []

    def follow(step: re.Match[str]) -> str:
        if step["file"]:
            edit(root / step["file"], step["old"], step["new"])
            return step[0]
        result = run_cli(*step["command"].split(), env={"COLUMNS": "96"})
        codes.append(result.returncode)
        real.append(result.stdout + result.stderr)
        said = (result.stderr + result.stdout).replace(f"{root}/", "")
        return f"<!-- run -->\n\n    $ advocacy {step['command']}\n{quoted(said)}"

    fresh = STEP.sub(follow, text)
    assert codes == [0, 0, 1, 0], real
    assert "Did you mean `study-up-to-100-times`?" in real[2]
    letter = (root / "output/microsoft/call/smith.txt").read_text("utf-8")
    assert "We ask Microsoft for one sentence" in letter
    run_cli("render", "campaigns/microsoft.yaml", "--format", "txt")
    letter = (root / "output/microsoft/call/smith.txt").read_text("utf-8")
    assert "up to 100 times more likely" in " ".join(letter.split())
    assert "The Washington Post" in " ".join(letter.partition("References")[2].split())
    if request.config.getoption("--renew-goldens"):
        page.write_text(fresh, "utf-8")
    assert page.read_text("utf-8") == fresh, "make goldens renews it"
