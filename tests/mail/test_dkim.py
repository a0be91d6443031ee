"""DKIM: what we sign, another implementation (dkimpy) finds valid; what is changed, it does not."""

import base64
import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from dkim.canonicalization import CanonicalizationPolicy
from hypothesis import given
from hypothesis import strategies as st

from advocacy.errors import AdvocacyError
from advocacy.mail.smtp import dkim_signing
from advocacy.mail.smtp.dkim_signing import DkimKey, dkim_key_of, from_domain, misaligned, sign

from .smtp_fixtures import MESSAGE

LIST = MESSAGE.replace(
    b"\r\n\r\n",
    b"\r\nList-Id: Park Friends <park.friends.example>\r\n"
    b"List-Unsubscribe: <https://friends.example/u/abc>,\r\n <mailto:leave@friends.example>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n",
    1,
)


class Keys:
    """Keys in a folder, and the DNS that has their public halves."""

    def __init__(self, folder: Path, openssl: str) -> None:
        self.folder, self.openssl = folder, openssl
        self.rsa = self.make("rsa.pem", "genrsa", "-out", "rsa.pem", "2048")
        self.old = self.make("old.pem", "genrsa", "-traditional", "-out", "old.pem", "2048")
        self.short = self.make("short.pem", "genrsa", "-out", "short.pem", "768")
        self.ed25519 = self.make("ed.pem", "genpkey", "-algorithm", "ed25519", "-out", "ed.pem")
        self.locked = self.make(
            "locked.pem", "genrsa", "-aes128", "-passout", "pass:x", "-out", "locked.pem", "2048"
        )
        self.ec = self.make(
            "ec.pem", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-out", "ec.pem",
        )  # fmt: skip

    def make(self, name: str, *arguments: str) -> Path:
        subprocess.run([self.openssl, *arguments], check=True, capture_output=True, cwd=self.folder)
        return self.folder / name

    def public(self, key: Path) -> str:
        pem = subprocess.run(
            [self.openssl, "pkey", "-in", str(key), "-pubout"], check=True, capture_output=True
        ).stdout.decode()
        return "".join(pem.splitlines()[1:-1])

    def dns(self, key: Path) -> Callable[..., bytes | None]:
        record = f"v=DKIM1; k=rsa; p={self.public(key)}".encode()

        def txt(name: bytes, timeout: int = 5) -> bytes | None:
            return record if name == b"mail._domainkey.friends.example." else None

        return txt


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory, tool: Callable[[str], str]) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"), tool("openssl"))


def key_from(path: Path, **more: str) -> DkimKey:
    environ = {"ADVOCACY_DKIM_KEY": str(path), "ADVOCACY_DKIM_SELECTOR": "mail", **more}
    key = dkim_key_of(environ)
    assert key is not None
    return key


def tags(message: bytes) -> dict[str, str]:
    """The tags of the signature that a message begins with."""
    value = message.partition(b"\r\nFrom:")[0].decode().removeprefix("DKIM-Signature:")
    return dict(part.split("=", 1) for part in "".join(value.split()).split(";"))


@pytest.mark.parametrize("kind", ["rsa", "old"])
@pytest.mark.parametrize("message", [MESSAGE, LIST], ids=["target", "subscriber"])
def test_another_implementation_finds_the_signature_valid(
    keys: Keys, kind: str, message: bytes
) -> None:
    path = getattr(keys, kind)
    signed = sign(message, key_from(path))
    assert signed.endswith(message)
    assert dkim.verify(signed, dnsfunc=keys.dns(path))
    assert max(map(len, signed.split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Subject: Keep", b"Subject: Close"),
        (b"letters@", b"other@"),
        (b"Please keep", b"Please close"),
        (b"u/abc", b"u/abd"),
        (b"=One-Click", b"=Two-Clicks"),
        (b"List-Id: Park", b"List-Id: Pork"),
        (b"\r\nTo: Jane", b"\r\nFrom: Eve <eve@evil.example>\r\nTo: Jane"),
        (b"\r\nTo: Jane", b"\r\nReply-To: eve@evil.example\r\nTo: Jane"),
        (b"\r\nTo: Jane", b"\r\nCc: eve@evil.example\r\nTo: Jane"),
        (b"\r\nTo: Jane", b"\r\nSubject: Other\r\nTo: Jane"),
        (b"\r\nTo: Jane", b"\r\nList-Unsubscribe: <https://evil.example>\r\nTo: Jane"),
    ],
)
def test_a_change_on_the_way_is_found(keys: Keys, old: bytes, new: bytes) -> None:
    signed = sign(LIST, key_from(keys.rsa))
    changed = signed.replace(old, new, 1)
    assert changed != signed
    assert not dkim.verify(changed, dnsfunc=keys.dns(keys.rsa))


def test_the_signature_covers_what_receivers_ask_for(keys: Keys) -> None:
    found = tags(sign(LIST, key_from(keys.rsa), now=1_795_568_535.7))
    names = found["h"].split(":")
    for name in ("from", "to", "subject", "date", "message-id", "mime-version", "content-type",
                 "list-id", "list-unsubscribe", "list-unsubscribe-post"):  # fmt: skip
        assert name in names
    assert names.count("from") == 2, "signed once more than it is there"
    assert (found["c"], found["d"], found["s"]) == ("relaxed/relaxed", "friends.example", "mail")
    assert (found["a"], found["t"]) == ("rsa-sha256", "1795568535")


def test_ed25519_signs_too(keys: Keys) -> None:
    """dkimpy needs PyNaCl to verify such keys: it says what is hashed, cryptography the rest."""
    signed = sign(LIST, key_from(keys.ed25519))
    found = tags(signed)
    assert found["a"] == "ed25519-sha256"
    policy = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
    header, *others = dkim.DKIM(signed).headers
    names = [name.encode() for name in found["h"].split(":")]
    hashed = hashlib.sha256()
    dkim.hash_headers(
        hashed, policy, policy.canonicalize_headers(others), names, header,
        {b"b": found["b"].encode()},
    )  # fmt: skip
    pem = f"-----BEGIN PUBLIC KEY-----\n{keys.public(keys.ed25519)}\n-----END PUBLIC KEY-----\n"
    public = load_pem_public_key(pem.encode())
    assert isinstance(public, Ed25519PublicKey)
    public.verify(base64.b64decode(found["b"]), hashed.digest())


BODIES = st.lists(st.text(alphabet="a \t.", max_size=6), max_size=6).map(
    lambda lines: "".join(f"{line}\r\n" for line in lines).encode()
)


@given(BODIES)
def test_bodies_are_relaxed_as_the_other_implementation_does(body: bytes) -> None:
    policy = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
    assert dkim_signing._relaxed_body(body) == policy.canonicalize_body(body)


@given(st.text(alphabet="ab \t", max_size=30))
def test_headers_are_relaxed_as_the_other_implementation_does(text: str) -> None:
    policy = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
    value = f" a{text}\r\n\tb{text}\r\n".encode()
    ((name, expected),) = policy.canonicalize_headers([(b"Subject", value)])
    assert dkim_signing._relaxed_header(b"subject", value[:-2]) == (
        name + b":" + expected.removesuffix(b"\r\n")
    )


def test_without_the_library_the_message_names_the_extra(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] == "cryptography":
            monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(AdvocacyError) as raised:
        key_from(keys.rsa)
    assert "advocacy[dkim]" in raised.value.problems[0].hint


def test_the_key_may_be_the_text_itself_and_is_never_shown(keys: Keys) -> None:
    pem = keys.rsa.read_text()
    for text in (pem, pem.replace("\n", "\\n")):
        key = dkim_key_of({"ADVOCACY_DKIM_KEY": text, "ADVOCACY_DKIM_SELECTOR": "mail"})
        assert key is not None
        assert "PRIVATE" not in repr(key)
        assert dkim.verify(sign(MESSAGE, key), dnsfunc=keys.dns(keys.rsa))


def test_no_key_is_no_trouble() -> None:
    assert dkim_key_of({}) is None


@pytest.mark.parametrize(
    ("which", "selector", "domain", "told"),
    [
        ("rsa", "", "", "ADVOCACY_DKIM_SELECTOR is missing"),
        ("rsa", "a b", "", "is not a valid DNS label"),
        ("rsa", "mail;d=evil", "", "is not a valid DNS label"),
        ("rsa", "mail", "exa mple", "is not a valid domain"),
        ("short", "mail", "", "neither RSA of 1024"),
        ("ec", "mail", "", "neither RSA of 1024"),
        ("locked", "mail", "", "passphrase"),
        ("nothing", "mail", "", "cannot be read"),
        ("text", "mail", "", "does not contain a private key"),
    ],
)
def test_a_key_that_cannot_be_used_is_told(
    keys: Keys, tmp_path: Path, which: str, selector: str, domain: str, told: str
) -> None:
    (tmp_path / "text").write_text("hello")
    path = getattr(keys, which, tmp_path / which)
    environ = {"ADVOCACY_DKIM_KEY": str(path), "ADVOCACY_DKIM_SELECTOR": selector,
               "ADVOCACY_DKIM_DOMAIN": domain}  # fmt: skip
    with pytest.raises(AdvocacyError, match=told) as caught:
        dkim_key_of(environ)
    assert caught.value.problems[0].hint


def test_a_key_in_the_workspace_is_refused(keys: Keys, tmp_path: Path) -> None:
    inside = tmp_path / "campaigns" / "dkim.pem"
    inside.parent.mkdir()
    inside.write_bytes(keys.rsa.read_bytes())
    environ = {"ADVOCACY_DKIM_KEY": str(inside), "ADVOCACY_DKIM_SELECTOR": "mail"}
    with pytest.raises(AdvocacyError, match="is in the workspace"):
        dkim_key_of(environ, tmp_path / "campaigns")
    link = tmp_path / "link.pem"
    link.symlink_to(inside)
    with pytest.raises(AdvocacyError, match="is in the workspace"):
        dkim_key_of(environ | {"ADVOCACY_DKIM_KEY": str(link)}, tmp_path / "campaigns")


@pytest.mark.parametrize(
    ("domain", "good"),
    [
        (None, True),
        ("friends.example", True),
        ("mail.friends.example", True),
        ("example", True),
        ("enemies.example", False),
        ("notfriends.example", False),
    ],
)
def test_a_key_for_another_domain_is_told(keys: Keys, domain: str | None, good: bool) -> None:
    more = {"ADVOCACY_DKIM_DOMAIN": domain} if domain else {}
    key = key_from(keys.rsa, **more)
    problem = misaligned(key, "friends.example")
    assert (problem is None) is good
    assert tags(sign(MESSAGE, key))["d"] == (domain or "friends.example")


@pytest.mark.parametrize(
    ("header", "domain"),
    [
        (b"From: a@B.example", "b.example"),
        (b'From: "Smith, John" <a@b.example>', "b.example"),
        (b"From: Long name\r\n <a@b.example>", "b.example"),
        (b"from:a@b.example", "b.example"),
        (b"X-From: a@c.example", ""),
        (b"Subject: From: a@c.example", ""),
    ],
)
def test_the_domain_is_that_of_from(header: bytes, domain: str) -> None:
    assert from_domain(header + b"\r\n\r\nFrom: x@y.example\r\n") == domain


def test_a_message_without_from_cannot_be_signed(keys: Keys) -> None:
    with pytest.raises(ValueError, match="without From"):
        sign(b"To: a@b.example\r\n\r\nx\r\n", key_from(keys.rsa))
