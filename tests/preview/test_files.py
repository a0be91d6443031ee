"""Saving loses nothing: not somebody else's text, not a comment, not a built-in letter."""

import stat
import threading
from pathlib import Path

import pytest

from advocacy.campaign.loading import load_campaign
from advocacy.errors import AdvocacyError
from advocacy.files.content_digests import text_digest
from advocacy.preview import files, texts
from advocacy.preview.files import ChangedError, EditableFile, list_files, save_file
from advocacy.resources import templates_dir

from ..loaded import loaded


@pytest.fixture
def letter(small_campaign: Path) -> EditableFile:
    return list_files(loaded(small_campaign), "call", None)["letters/open.md"]


def base(file: EditableFile) -> str:
    return str(files.open_file(file)["digest"])


def test_the_page_opens_the_letter_its_parts_and_the_campaigns_files_and_nothing_else(
    campaigns: Path,
) -> None:
    found = list_files(loaded(campaigns / "microsoft.yaml"), "call", None)
    assert {name: file.kind for name, file in found.items()} == {
        "letters/call-to-follow.md": "letter",
        "partials/nist.md": "partial",
        "microsoft.yaml": "yaml",
        "facts/face-recognition.yaml": "yaml",
        "sources/face-recognition.yaml": "yaml",
    }
    assert [file.built_in for file in found.values()] == [True, True, False, False, False]


def test_a_text_is_saved_whole_under_the_files_own_mode(letter: EditableFile) -> None:
    letter.path.chmod(0o640)
    answer = save_file(letter, "New words.\n", base(letter))
    assert letter.path.read_text("utf-8") == "New words.\n"
    assert answer["digest"] == text_digest("New words.\n")
    assert stat.S_IMODE(letter.path.stat().st_mode) == 0o640
    assert [path.name for path in letter.path.parent.iterdir()] == ["open.md"]


def test_a_file_that_somebody_changed_meanwhile_is_not_written_over(letter: EditableFile) -> None:
    opened = base(letter)
    letter.path.write_text("Theirs.\n", encoding="utf-8")
    with pytest.raises(ChangedError) as caught:
        save_file(letter, "Mine.\n", opened)
    assert caught.value.text == "Theirs.\n"
    assert letter.path.read_text("utf-8") == "Theirs.\n"
    save_file(letter, "Mine, now that I have seen theirs.\n", text_digest("Theirs.\n"))
    assert letter.path.read_text("utf-8") == "Mine, now that I have seen theirs.\n"


def test_of_many_who_save_at_once_one_wins_and_the_others_are_told(letter: EditableFile) -> None:
    opened, won, told = base(letter), [], []

    def write(number: int) -> None:
        try:
            save_file(letter, f"Text {number}.\n", opened)
            won.append(number)
        except ChangedError as error:
            told.append(error.text)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) + len(told) == 8
    assert won, "somebody's text is in the file"
    assert letter.path.read_text("utf-8") == f"Text {won[-1]}.\n" or len(won) > 1


def test_line_ends_and_the_mark_at_the_beginning_stay_those_of_the_file(
    letter: EditableFile,
) -> None:
    letter.path.write_bytes(b"\xef\xbb\xbfOne.\r\nTwo.\r\n")
    opened = files.open_file(letter)
    assert opened["text"] == "One.\nTwo.\n"
    save_file(letter, "One.\nThree.\n", str(opened["digest"]))
    assert letter.path.read_bytes() == b"\xef\xbb\xbfOne.\r\nThree.\r\n"


def test_a_built_in_letter_is_copied_beside_the_campaign_and_never_changed(
    campaigns: Path,
) -> None:
    campaign = loaded(campaigns / "microsoft.yaml")
    for name in ("partials/nist.md", "letters/call-to-follow.md"):
        file = list_files(campaign, "call", None)[name]
        before = (templates_dir() / name).read_bytes()
        with pytest.raises(AdvocacyError, match="Make my own copy"):
            save_file(file, "Mine.\n", base(file))
        path = files.copy_built_in(campaign, file)
        assert path == campaigns.resolve() / "templates" / name
        assert path.read_bytes() == before
        own = list_files(campaign, "call", None)[name]
        assert (own.path, own.built_in) == (path, False)
        save_file(own, "Mine.\n", base(own))
        assert (templates_dir() / name).read_bytes() == before
        with pytest.raises(AdvocacyError, match="already exists"):
            files.copy_built_in(campaign, file)


def test_templates_that_the_user_names_are_theirs_even_where_they_come_with_a_checkout(
    campaigns: Path, tmp_path: Path
) -> None:
    own = tmp_path / "ours"
    (own / "letters").mkdir(parents=True)
    (own / "letters" / "call-to-follow.md").write_text("Ours.\n", encoding="utf-8")
    campaign, _ = load_campaign(campaigns / "microsoft.yaml", own)
    assert campaign is not None
    assert not list_files(campaign, "call", own)["letters/call-to-follow.md"].built_in
    built_in = templates_dir()
    campaign, _ = load_campaign(campaigns / "microsoft.yaml", built_in)
    assert campaign is not None
    assert not list_files(campaign, "call", built_in)["letters/call-to-follow.md"].built_in


def test_a_link_out_of_the_folder_is_not_opened(small_campaign: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("password: hunter2\n", encoding="utf-8")
    facts = small_campaign.parent / "facts.yaml"
    facts.unlink()
    facts.symlink_to(secret)
    letter = small_campaign.parent / "templates/letters/open.md"
    letter.unlink()
    letter.symlink_to(secret)
    campaign, _ = load_campaign(small_campaign)
    assert campaign is not None
    assert set(list_files(campaign, "call", None)) == {"parks.yaml", "sources.yaml"}


def test_a_text_of_the_campaign_is_written_back_with_everything_around_it_as_it_was(
    small_campaign: Path, edit
) -> None:
    edit(small_campaign, "subject: Keep the park open", "subject: Keep the park open  # short!")
    before = small_campaign.read_text("utf-8")
    keys = ("stages", "call", "subject")
    digest = texts.save_text(
        small_campaign, keys, "Open: always", text_digest("Keep the park open")
    )
    after = small_campaign.read_text("utf-8")
    assert digest == text_digest("Open: always")
    changed = [line for line in after.splitlines() if line not in before.splitlines()]
    assert [" ".join(line.split()) for line in changed] == ["subject: 'Open: always' # short!"]
    assert len(after.splitlines()) == len(before.splitlines())
    with pytest.raises(ChangedError) as caught:
        texts.save_text(small_campaign, keys, "Mine", text_digest("Keep the park open"))
    assert caught.value.text == "Open: always"
    with pytest.raises(AdvocacyError):
        texts.save_text(small_campaign, keys, "", digest)
    with pytest.raises(ChangedError):
        texts.save_text(small_campaign, ("stages", "call"), "A text", digest)
    assert small_campaign.read_text("utf-8") == after


def test_the_form_has_every_text_that_the_stages_letters_print(small_campaign: Path, edit) -> None:
    languages = "  summary:\n    en: Keep\n    es: Abierto\n"
    edit(small_campaign, "  summary: Keep the park open\n", languages)
    found = texts.list_text_fields(loaded(small_campaign), "call")
    assert [(one.label, one.text) for one in found] == [
        ("Subject", "Keep the park open"),
        ("Preview text", ""),
        ("The demand in one line, English", "Keep"),
        ("The demand in one line, Spanish", "Abierto"),
        ("Ask 1", "Keep the park open until nine in the evening."),
        ("Title of the campaign", "Keep the park open"),
        ("Title of A. Example", "Chair"),
    ]
    assert all(one.place and one.place.line for one in found)
    for one in found:
        texts.save_text(small_campaign, one.keys, f"{one.text}!", text_digest(one.text))
    changed = texts.list_text_fields(loaded(small_campaign), "call")
    assert [one.text for one in changed] == [f"{one.text}!" for one in found]
    preview = changed[1]
    texts.save_text(small_campaign, preview.keys, "", text_digest(preview.text))
    assert "preview" not in small_campaign.read_text("utf-8"), "an empty one has no line"


def test_the_form_has_each_text_in_every_language_of_the_letter(small_campaign: Path, edit) -> None:
    letter = small_campaign.parent / "templates/letters/open.md"
    for language in ("fr", "de"):
        letter.with_name(f"open.{language}.md").write_text(letter.read_text("utf-8"), "utf-8")
    edit(
        small_campaign,
        "  summary: Keep the park open\n",
        "  summary:\n    en: Keep\n    es: Abierto\n",
    )

    def listed() -> dict[str, texts.TextField]:
        found = texts.list_text_fields(loaded(small_campaign), "call")
        return {one.label: one for one in found}

    def save(label: str, text: str) -> None:
        one = listed()[label]
        texts.save_text(small_campaign, one.keys, text, text_digest(one.text))
        assert listed()[label].text == text

    labels = [label for label in listed() if label.startswith(("Preview", "The demand"))]
    assert labels == [
        *(f"Preview text, {one}" for one in ("English", "German", "French")),
        *(f"The demand in one line, {one}" for one in ("English", "German", "French", "Spanish")),
    ]
    save("Preview text, French", "Un parc ouvert")
    save("Preview text, English", "An open park")
    save("Preview text, French", "")
    assert loaded(small_campaign).file.stages["call"].preview.plain() == {"en": "An open park"}
    save("Preview text, English", "")
    assert loaded(small_campaign).file.stages["call"].preview is None
    save("Subject, English", "Open it")
    assert loaded(small_campaign).file.stages["call"].subject.plain() == "Open it"
    save("Subject, German", "Offen")
    assert loaded(small_campaign).file.stages["call"].subject.plain() == {
        "en": "Open it",
        "de": "Offen",
    }
    save("The demand in one line, French", "Garder")
    save("Title of A. Example, French", "Présidente")
    signatory = loaded(small_campaign).file.sender.signatories[0]
    assert signatory.title.plain() == {"en": "Chair", "fr": "Présidente"}
    edit(small_campaign, "subject:", "preview: One for all\n    subject:")
    save("Preview text, German", "Eins")
    assert loaded(small_campaign).file.stages["call"].preview.plain() == {
        "en": "One for all",
        "de": "Eins",
    }


def test_lines_that_nobody_changed_keep_their_ends_and_new_ones_end_as_most_do() -> None:
    raw = "One\r\nTwo\nThree\r\n\rFive\r\n"
    text = "One\nTwo\nThree\n\nFive\n"
    assert files.with_line_ends(text, raw) == raw
    changed = text.replace("Two", "2\n2a")
    assert files.with_line_ends(changed, raw) == "One\r\n2\r\n2a\r\nThree\r\n\rFive\r\n"
    assert files.with_line_ends("", raw) == ""
    assert files.with_line_ends("One\nTwo", raw) == "One\r\nTwo"
    assert files.with_line_ends("A\u2028B\x0bC\n", "A\u2028B\x0bC\r\n") == "A\u2028B\x0bC\r\n"
