"""The package as a library: what `import advocacy` offers."""

from pathlib import Path

import pytest

import advocacy


@pytest.mark.parametrize("name", advocacy.__all__)
def test_every_name_of_the_library_is_there(name: str) -> None:
    assert getattr(advocacy, name).__name__ == name


def test_a_campaign_may_be_named_by_text_or_path(project_root: Path) -> None:
    path = project_root / "campaigns" / "microsoft.yaml"
    by_path, _ = advocacy.load_campaign(path)
    by_text, problems = advocacy.load_campaign(str(path))
    assert problems == []
    assert by_text is not None
    assert by_path is not None
    assert by_text.path == by_path.path
