"""Judge the first letters of a mailing: their words, and what a reader sees of them.

This takes as long as to start the program. A dry run, the run, and each that goes on with it judge
the same letters of the same text, so that they passed is kept in the user's cache folder, under a
digest of all that decides it: the program's own files and the libraries, the campaign's files and
the templates, the days, and the letters themselves. Only that nothing was wrong is kept.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from advocacy.batch.documents import libraries
from advocacy.campaign.loading import Campaign
from advocacy.checks.gate import gate_of
from advocacy.checks.inputs import inputs_digest
from advocacy.errors import Problem
from advocacy.files.content_digests import digest_of
from advocacy.files.kept_results import keep, read_kept
from advocacy.letters.digests import letter_digest, recipient_digest
from advocacy.letters.letter import Letter

_KEPT = "proofs"
_PASSED = b"passed"


def judge_letters(
    campaign: Campaign,
    composed: Sequence[Letter],
    passing: Sequence[Letter],
    *,
    media: Sequence[str],
    today: date,
    parts: Mapping[str, str],
) -> list[Problem]:
    """Find errors in the words of the letters composed, and what is not seen of those `passing`.

    The gate of words knows these letters afterwards. `passing` are those that may go out on their
    days; of what a reader sees in the `media`, only that something is missing counts here. `today`
    is the day of sending, `parts` are the digests of all that the letters are made of.
    """
    gate = gate_of(campaign)
    rests_on = {
        "program": libraries(),
        "inputs": inputs_digest(campaign),
        "text": dict(parts),
        "days": [today.isoformat(), campaign.today().isoformat()],
        "media": list(media),
        "letters": [
            [letter_digest(one), recipient_digest(one.recipient), one in passing]
            for one in composed
        ],
    }
    key = digest_of(rests_on)
    if read_kept(_KEPT, key) == _PASSED:
        for letter in composed:
            gate.trust(letter)
        return []
    from advocacy.checks.media import check_media, errors_of  # not where an earlier run passed

    found = [problem for letter in composed for problem in gate.wording_errors(letter)]
    unseen = errors_of(check_media(passing, campaign, media), campaign)
    if not found and not unseen:
        keep(_KEPT, key, _PASSED)
    return [*found, *unseen]
