"""Digests: short names for exactly what was reviewed, sent and recorded.

A letter's digest covers what its reader reads, and what it relies on. The date header, the
list headers and the signature of an email come after it and do not count.
"""

import hashlib
import json
from collections import OrderedDict
from typing import Any

from advocacy.letter import Letter
from advocacy.recipients import Recipient
from advocacy.yamlfile import Located


def letter_digest(letter: Letter) -> str:
    """The digest (SHA-256, hexadecimal) of a letter's content."""
    supporters = letter.supporters and {
        "people": [[one.id, one.name, one.town, one.email] for one in letter.supporters.people],
        "count": letter.supporters.count,
        "joint": letter.supporters.joint,
    }
    own: dict[str, Any] = {
        **({"supporters": supporters} if supporters else {}),
        **({"subscribed": True} if letter.subscribed else {}),
        "inside_address": letter.inside_address,
        "salutation": letter.salutation,
        "body": [letter.body.markdown, *letter.body.values],
    }
    texts = {name: _text(value) for name, value in own.items()} | _shared_texts(letter)
    text = ",".join(f'"{name}":{texts[name]}' for name in sorted(texts))
    return hashlib.sha256(f"{{{text}}}".encode()).hexdigest()


# Letters of a batch share the records that they cite: these are written as JSON once. They are
# kept beside it, so that their identities stay theirs.
_known: OrderedDict[tuple[Any, ...], tuple[object, dict[str, str]]] = OrderedDict()
_KNOWN_AT_MOST = 64


def _shared_texts(letter: Letter) -> dict[str, str]:
    """What letters of a stage have in common, facts and sender among it, as JSON."""
    shared = letter.cites, letter.sender, letter.cosigners
    plain = {
        "stage": f"{letter.campaign}/{letter.stage}",
        "date": letter.date.isoformat(),
        "language": letter.language,
        "style": letter.style,
        "layout": letter.layout,
        "subject": letter.subject,
        "close": letter.close,
        "enclosures": letter.enclosures,
        "cc": letter.cc,
        "attach": letter.attach,
    }
    key = (*map(id, shared), *plain.values())
    known = _known.get(key)
    if known is None:
        facts = [[c.id, _plain(c.fact), _plain(c.source), _plain(c.via)] for c in letter.facts]
        cosigners = [_plain(cosigner) for cosigner in letter.cosigners]
        values = {"facts": facts, "sender": _plain(letter.sender), "cosigners": cosigners, **plain}
        known = _known[key] = shared, {name: _text(value) for name, value in values.items()}
        if len(_known) > _KNOWN_AT_MOST:
            _known.popitem(last=False)
    return known[1]


def recipient_digest(recipient: Recipient) -> str:
    """The digest of all that is known of a recipient."""
    return _digest(_plain(recipient))


def _plain(model: Located | None) -> Any:
    return model and model.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _digest(content: Any) -> str:
    return hashlib.sha256(_text(content).encode()).hexdigest()


def _text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
