"""Digests: short names for exactly what was reviewed, sent and recorded.

A letter's digest covers what its reader reads, and what it relies on. The date header, the
list headers and the signature of an email come after it and do not count.
"""

import hashlib
import json
from typing import Any

from advocacy.campaign.recipients import Recipient
from advocacy.files.cache import IdentityCache
from advocacy.files.yaml.reading import Located
from advocacy.letters.letter import Letter


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
            "shared": _shared_digest(letter),
        }
    )


_shared: IdentityCache[str] = IdentityCache()


def _shared_digest(letter: Letter) -> str:
    """The digest of what the letters of a mailing have in common, as one object each."""
    objects = (letter.cites, letter.sender, letter.cosigners)
    lists = (letter.enclosures, letter.cc, letter.attach)
    texts = (
        letter.campaign,
        letter.stage,
        letter.date,
        letter.language,
        letter.style,
        letter.layout,
        letter.close,
        letter.body.markdown,
    )
    return _shared.get(objects, (*texts, *lists), lambda: _digest(_shared_content(letter)))


def _shared_content(letter: Letter) -> dict[str, Any]:
    return {
        "stage": f"{letter.campaign}/{letter.stage}",
        "date": letter.date.isoformat(),
        "language": letter.language,
        "style": letter.style,
        "layout": letter.layout,
        "body": letter.body.markdown,
        "close": letter.close,
        "facts": [[c.id, _plain(c.fact), _plain(c.source), _plain(c.via)] for c in letter.facts],
        "sender": _plain(letter.sender),
        "cosigners": [_plain(cosigner) for cosigner in letter.cosigners],
        "enclosures": letter.enclosures,
        "cc": letter.cc,
        "attach": letter.attach,
    }


def recipient_digest(recipient: Recipient) -> str:
    """The digest of all that is known of a recipient."""
    return _digest(_plain(recipient))


def _plain(model: Located | None) -> Any:
    return model and model.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _digest(content: Any) -> str:
    return hashlib.sha256(_JSON.encode(content).encode()).hexdigest()


# Made once: `json.dumps` with options makes an encoder each time.
_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
