"""The figures of a set of falsehoods and honest edits; `WORDING_SET` names its folder."""

import os
from pathlib import Path

import pytest

from tests.checks.wording_sets import measure, table

FOLDER = os.environ.get("WORDING_SET", "")


@pytest.mark.slow
@pytest.mark.skipif(not FOLDER, reason="WORDING_SET names no folder")
def test_most_falsehoods_are_caught_and_most_honest_edits_stay_quiet() -> None:
    outcomes = measure(Path(FOLDER))
    print("\n" + table(outcomes, lambda edit: edit.kind))
    print("\n" + table(outcomes, lambda edit: edit.language))
    for honest, least in ((False, 0.80), (True, 0.95)):
        found = [one for one in outcomes if one.edit.honest == honest]
        assert sum(one.right for one in found) >= least * len(found)
