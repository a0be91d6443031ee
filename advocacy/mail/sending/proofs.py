"""Judge the first letters of a mailing: their words, and what a reader sees of them.

This takes as long as to start the program. A dry run, the run, and each that goes on with it judge
the same letters of the same text, so that they passed is kept in the user's cache folder, under a
digest of all that decides it: the program's own files and the libraries, the campaign's files and
the templates, the days, and the letters themselves. Only that nothing was wrong is kept.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from advocacy.batch.documents import libraries
from advocacy.checks.gate import gate_of
from advocacy.checks.inputs import inputs_digest
from advocacy.checks.media import check_media
from advocacy.checks.settings import CheckSettings
from advocacy.errors import Level, Problem
from advocacy.files.content_digests import digest_of
from advocacy.files.kept_results import keep, read_kept
from advocacy.letters.digests import letter_digest, recipient_digest
from advocacy.letters.letter import Letter

if TYPE_CHECKING:
    from advocacy.mail.sending.mailing_settings import MailingSettings

_KEPT = "proofs"
_PASSED = b"passed"


def judge_letters(
    mailing: "MailingSettings", composed: Sequence[Letter], passing: Sequence[Letter]
) -> list[Problem]:
    """Find errors in the words of the letters composed, and what is not seen of those `passing`.

    The gate of words knows these letters afterwards. `passing` are those that may go out on their
    days; of what a reader sees, only that something is missing counts here.
    """
    campaign, media = mailing.campaign, mailing.media
    gate = gate_of(campaign)
    key = _key(mailing, media, composed, passing)
    if read_kept(_KEPT, key) == _PASSED:
        for letter in composed:
            gate.trust(letter)
        return []
    found = [problem for letter in composed for problem in gate.wording_errors(letter)]
    unseen = [
        one
        for one in check_media(passing, campaign, media)
        if one.level is Level.ERROR and one.code == "missing-in-medium"
    ]
    if not found and not unseen:
        keep(_KEPT, key, _PASSED)
    return [*found, *CheckSettings(campaign.file).apply(unseen)]


def _key(
    mailing: "MailingSettings",
    media: Collection[str],
    composed: Sequence[Letter],
    passing: Sequence[Letter],
) -> str:
    """The digest of all that decides whether the letters pass."""
    campaign = mailing.campaign
    days = (mailing.day, mailing.today, campaign.today())
    return digest_of(
        {
            "program": libraries(),
            "inputs": inputs_digest(campaign),
            "text": dict(mailing.text.parts),
            "stage": mailing.stage,
            "days": [str(day) for day in days],
            "media": list(media),
            "letters": [
                [letter_digest(one), recipient_digest(one.recipient), one in passing]
                for one in composed
            ],
        }
    )
