"""Unsubscribe addresses say nothing to strangers, and cannot be made by them."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.campaign.campaign import Sender
from advocacy.errors import AdvocacyError
from advocacy.mail.consent.list_headers import (
    list_headers,
    list_id,
    recipient_leaving,
    sender_leaving,
)
from advocacy.mail.consent.tokens import (
    Keys,
    Ticket,
    ascii_url,
    find_keys,
    read_keys,
    require_keys,
    seal,
    unseal,
    unsubscribe_url,
)

KEYS = read_keys("test-key-of-an-example-coalition-0123456789")
OTHER = read_keys("another-key-of-another-place-9876543210")
TICKET = Ticket("jane.doe@people.example", "parks/call", "de")
TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=80)


def sender(**unsubscribe: str) -> Sender:
    return Sender.model_validate(
        {
            "organization": "Example Coalition",
            "address": ["1 Example Street"],
            "email": "letters@coalition.example",
            "signatories": [{"name": "A. Example"}],
        }
        | ({"unsubscribe": unsubscribe} if unsubscribe else {})
    )


@given(TEXT, TEXT, TEXT)
def test_a_token_gives_back_what_was_sealed(address: str, mailing: str, language: str) -> None:
    ticket = Ticket(address, mailing, language)
    token = seal(KEYS, ticket)
    assert unseal(KEYS, token) == ticket
    assert re.fullmatch(r"[A-Za-z0-9_-]+", token)
    assert seal(KEYS, ticket) == token


def test_a_token_does_not_show_whom_it_is_about() -> None:
    url = unsubscribe_url("https://coalition.example/leave", KEYS, TICKET.address, TICKET.mailing)
    for part in ("jane", "doe", "people", "parks", "amFuZ"):
        assert part not in url
    one, other = (seal(KEYS, Ticket(f"{name}@people.example", "m")) for name in ("ann", "bob"))
    assert one[4:20] != other[4:20]
    assert one[-8:] != other[-8:]


@given(st.text(alphabet="ABCDabcd0123_-=.~é", max_size=200))
def test_what_no_key_of_ours_made_is_no_token(token: str) -> None:
    assert unseal(KEYS, token) is None


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_token_with_one_byte_changed_is_none(at: int, change: int) -> None:
    from base64 import urlsafe_b64decode, urlsafe_b64encode

    token = seal(KEYS, TICKET)
    data = bytearray(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    data[at % len(data)] ^= change
    assert unseal(KEYS, urlsafe_b64encode(bytes(data)).rstrip(b"=").decode()) is None


@pytest.mark.parametrize("change", ["{}=", "{}\n", " {}", "{}.", "{}A", "é{}", "{0}{0}"])
def test_one_ticket_has_one_token(change: str) -> None:
    assert unseal(KEYS, change.format(seal(KEYS, TICKET))) is None


def test_a_token_of_another_key_is_none_and_after_a_change_of_keys_both_work() -> None:
    token = seal(OTHER, TICKET)
    assert unseal(KEYS, token) is None
    both = Keys(KEYS.values + OTHER.values)
    assert unseal(both, token) == TICKET
    assert seal(both, TICKET) == seal(KEYS, TICKET) != token


def test_the_key_is_never_printed() -> None:
    assert "test-key" not in repr(KEYS)


@pytest.mark.parametrize("weak", ["opensesame", "a" * 60, "abababab" * 8])
def test_a_weak_key_is_refused_without_printing_it(weak: str) -> None:
    with pytest.raises(AdvocacyError, match="too weak") as caught:
        read_keys(weak)
    assert weak not in str(caught.value)
    with pytest.raises(AdvocacyError, match="Key 2"):
        read_keys(f"{'test-key-of-an-example-coalition-0123456789'},{weak}")


def test_without_a_key_it_is_said_how_to_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADVOCACY_KEY", raising=False)
    assert find_keys() is None
    with pytest.raises(AdvocacyError, match=r"(?s)to sign unsubscribe addresses.*token_urlsafe"):
        require_keys("sign unsubscribe addresses")
    monkeypatch.setenv("ADVOCACY_KEY", ",")
    with pytest.raises(AdvocacyError, match="ADVOCACY_KEY is empty"):
        require_keys("sign unsubscribe addresses")


# --- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "base", ["https://c.example", "https://c.example/a/", "https://c.example/?p=3"]
)
def test_the_token_stands_in_the_path_or_joins_a_query(base: str) -> None:
    url = unsubscribe_url(base, KEYS, TICKET.address, TICKET.mailing, "de")
    parts = urlsplit(url)
    token = parse_qs(parts.query)["u"][0] if parts.query else parts.path.rpartition("/")[2]
    assert unseal(KEYS, token) == TICKET
    assert url.startswith(base)


def test_a_url_of_other_letters_becomes_ascii() -> None:
    assert (
        ascii_url("https://müller.example:8443/über?q=ä")
    ) == "https://xn--mller-kva.example:8443/%C3%BCber?q=%C3%A4"


# --- headers ------------------------------------------------------------------------------------

BOTH = {"url": "https://coalition.example/leave", "mailto": "leave@coalition.example"}


def test_the_headers_name_the_list_the_page_and_the_mail_address_and_allow_one_click() -> None:
    headers = list_headers(sender(**BOTH), "parks/call", TICKET.address, "de", keys=KEYS)
    unfolded = headers.replace("\r\n ", " ").splitlines()
    assert unfolded[0] == "List-Id: <parks.coalition.example>"
    found = re.fullmatch(r"List-Unsubscribe: <(https:[^>]*)>, <(mailto:[^>]*)>", unfolded[1])
    assert found
    for place in found.groups():
        assert unseal(KEYS, re.split(r"/|%20", place)[-1]) == TICKET
    assert unfolded[2:] == ["List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
    assert headers.isascii()
    assert max(map(len, headers.split("\r\n"))) <= 998


def test_one_click_is_promised_only_where_it_can_be_kept() -> None:
    def headers(keys: Keys | None, **unsubscribe: str) -> str:
        return list_headers(sender(**unsubscribe), "parks/call", TICKET.address, "de", keys=keys)

    assert "Post" not in headers(None, **BOTH)
    assert "Post" not in headers(KEYS, mailto=BOTH["mailto"])
    assert "Post" not in headers(KEYS, url="http://coalition.example/leave")
    assert "<https://coalition.example/leave>" in headers(None, **BOTH)
    assert headers(KEYS) == "List-Id: <parks.coalition.example>\r\n"


def test_render_shows_the_senders_own_addresses() -> None:
    leaving = sender_leaving(sender(**BOTH))
    assert leaving.link == BOTH["url"]
    assert leaving.mailto == "mailto:leave@coalition.example?subject=unsubscribe"
    assert not sender_leaving(sender())
    assert recipient_leaving(sender(**BOTH), "m", "a@b.example", "en", None) == leaving


@given(TEXT, TEXT)
def test_no_value_injects_a_header(mailing: str, address: str) -> None:
    headers = list_headers(sender(**BOTH), mailing, address, "en", keys=KEYS)
    names = [line.partition(":")[0] for line in headers.split("\r\n") if line and line[0] != " "]
    assert names == ["List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"]
    assert "\n" not in headers.replace("\r\n", "")


def test_the_list_keeps_its_name_from_stage_to_stage() -> None:
    assert list_id(sender(), "parks/call") == list_id(sender(), "parks/thanks")
