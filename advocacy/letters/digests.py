"""Digests: short names for exactly what was reviewed, sent and recorded.

A letter's digest covers what its reader reads, and what it relies on. The date header, the
list headers and the signature of an email come after it and do not count.
"""

import hashlib
import json
from functools import lru_cache
from typing import Any

from advocacy.campaign.recipients import Recipient
from advocacy.files.yaml.reading import Located
from advocacy.letters.letter import Letter
from advocacy.letters.shared_content import SharedContent, shared_content


def letter_digest(letter: Letter) -> str:
    """The digest (SHA-256, hexadecimal) of a letter's content.

    It is of the letter's own texts and of one digest for all that it shares with others.
    """
    supporters = letter.supporters and {
        "people": [[one.id, one.name, one.town, one.email] for one in letter.supporters.people],
        "count": letter.supporters.count,
        "joint": letter.supporters.joint,
    }
    return _digest(
        {
            **({"supporters": supporters} if supporters else {}),
            **({"subscribed": True} if letter.subscribed else {}),
            "subject": letter.subject,
            "inside_address": letter.inside_address,
            "salutation": letter.salutation,
            "values": letter.body.values,
            "shared": _shared_digest(shared_content(letter)),
        }
    )


@lru_cache(maxsize=256)
def _shared_digest(shared: SharedContent) -> str:
    """The digest of what letters share. The cache saves 0.1 ms of 0.13 ms a letter."""
    return _digest(
        {
            "stage": f"{shared.campaign}/{shared.stage}",
            "date": shared.date.isoformat(),
            "language": shared.language,
            "style": shared.style,
            "layout": shared.layout,
            "body": shared.markdown,
            "close": shared.close,
            "facts": [
                [c.id, _plain(c.fact), _plain(c.source), _plain(c.via)] for c in shared.facts
            ],
            "sender": _plain(shared.sender),
            "cosigners": [_plain(cosigner) for cosigner in shared.cosigners],
            "enclosures": shared.enclosures,
            "cc": shared.cc,
            "attach": shared.attach,
        }
    )


def recipient_digest(recipient: Recipient) -> str:
    """The digest of all that is known of a recipient."""
    return _digest(_plain(recipient))


def _plain(model: Located | None) -> Any:
    return model and model.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _digest(content: Any) -> str:
    return hashlib.sha256(_JSON.encode(content).encode()).hexdigest()


# Made once: `json.dumps` with options makes an encoder each time.
_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
