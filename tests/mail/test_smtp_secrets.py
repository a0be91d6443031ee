"""The password: where it may come from, and that nothing ever shows it."""

import os
import pickle
import pty
import subprocess
import sys
import types
from typing import Any

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.errors
import pytest

from advocacy.errors import AdvocacyError
from advocacy.mail.smtp.secrets import Secret, password_of
from advocacy.mail.smtp.server import server_from

SERVER = server_from("smtps://me@smtp.example.org")


@pytest.fixture
def keyring_module(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    module = types.ModuleType("keyring")
    module.asked = []  # type: ignore[attr-defined]
    module.get_password = lambda *names: (  # type: ignore[attr-defined]
        module.asked.append(names) or "from the ring"
    )
    monkeypatch.setitem(sys.modules, "keyring", module)
    return module


def never(prompt: str) -> str:
    raise AssertionError(f"asked: {prompt}")


def test_the_environment_comes_first(keyring_module: Any) -> None:
    found = password_of(SERVER, {"ADVOCACY_SMTP_PASSWORD": "from env\n"}, ask=never)
    assert found is not None
    assert (found.reveal(), found.kind) == ("from env", "password")
    assert keyring_module.asked == []


def test_then_a_keyring(keyring_module: Any) -> None:
    found = password_of(SERVER, {}, ask=never)
    assert found is not None
    assert found.reveal() == "from the ring"
    assert keyring_module.asked == [("advocacy", "me@smtp.example.org")]


@pytest.mark.parametrize("error", [RuntimeError("locked"), OSError("no bus"), KeyError("x")])
def test_a_locked_or_broken_keyring_is_no_traceback(keyring_module: Any, error: Exception) -> None:
    def fail(*names: str) -> str:
        raise error

    keyring_module.get_password = fail
    found = password_of(SERVER, {}, ask=lambda prompt: "typed")
    assert found is not None
    assert found.reveal() == "typed"


def test_no_keyring_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    prompts: list[str] = []
    found = password_of(SERVER, {}, ask=lambda prompt: prompts.append(prompt) or "typed")
    assert found is not None
    assert prompts == ["Password of me at smtp.example.org: "]


@pytest.mark.parametrize("typed", ["", None])
def test_no_password_at_all_is_told_with_the_ways_to_give_one(
    monkeypatch: pytest.MonkeyPatch, typed: str | None
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)

    def ask(prompt: str) -> str:
        if typed is None:
            raise EOFError
        return typed

    with pytest.raises(AdvocacyError) as caught:
        password_of(SERVER, {}, ask=ask)
    (problem,) = caught.value.problems
    assert problem.code == "password-missing"
    assert "keyring set advocacy me@smtp.example.org" in problem.hint
    assert "ADVOCACY_SMTP_PASSWORD" in problem.hint


def test_nobody_is_asked_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setattr("getpass.getpass", never)
    with pytest.raises(AdvocacyError):
        password_of(SERVER, {})


def test_a_token_is_used_in_place_of_a_password() -> None:
    found = password_of(SERVER, {"ADVOCACY_SMTP_TOKEN": " ya29 "}, ask=never)
    assert found is not None
    assert (found.reveal(), found.kind) == ("ya29", "token")


def test_a_server_without_a_user_needs_no_password(keyring_module: Any) -> None:
    assert password_of(server_from("smtp://mail.example"), {}, ask=never) is None
    assert password_of(server_from("maildir:/x"), {"ADVOCACY_SMTP_PASSWORD": "p"}) is None
    assert keyring_module.asked == []


def test_a_password_without_a_user_is_told() -> None:
    with pytest.raises(AdvocacyError) as caught:
        password_of(server_from("smtp://mail.example"), {"ADVOCACY_SMTP_PASSWORD": "hunter2"})
    assert caught.value.problems[0].code == "password-without-user"
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("value", ["a\nb", "a\0b"])
def test_a_password_that_cannot_be_one_is_told_and_not_shown(value: str) -> None:
    with pytest.raises(AdvocacyError) as caught:
        password_of(SERVER, {"ADVOCACY_SMTP_PASSWORD": value})
    assert value not in str(caught.value)


def test_nothing_shows_a_secret() -> None:
    secret = Secret("hunter2")
    for text in (repr(secret), str(secret), f"{secret}", f"{secret!r:>20}", repr([secret]),
                 repr({"a": secret}), ascii(secret)):  # fmt: skip
        assert "hunter2" not in text
    assert not hasattr(secret, "__dict__")
    assert all("hunter2" not in repr(getattr(secret, name, "")) for name in dir(secret))
    with pytest.raises(TypeError):
        pickle.dumps(secret)


class Locked(keyring.backend.KeyringBackend):
    """A real keyring that its owner has not opened."""

    priority = 1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("the collection is locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


@pytest.mark.parametrize("backend", [Locked, keyring.backends.fail.Keyring])
def test_the_real_keyring_library_locked_or_without_a_backend(backend: Any) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(backend())
    try:
        found = password_of(SERVER, {}, ask=lambda prompt: "typed")
    finally:
        keyring.set_keyring(before)
    assert found is not None
    assert found.reveal() == "typed"


def test_a_terminal_is_asked_and_shows_nothing_of_what_is_typed() -> None:
    code = (
        "from advocacy.mail.smtp.secrets import password_of\n"
        "from advocacy.mail.smtp.server import server_from\n"
        "found = password_of(server_from('smtps://me@smtp.example.org'), {})\n"
        "print('length', len(found.reveal()), found)\n"
    )
    ours, theirs = pty.openpty()
    environ = os.environ | {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, env=environ,
    ) as process:  # fmt: skip
        os.close(theirs)
        seen = b""
        while b"Password of me at smtp.example.org: " not in seen:
            seen += os.read(ours, 1000)
        os.write(ours, b"hunter2\n")
        try:
            while more := os.read(ours, 1000):
                seen += more
        except OSError:  # how Linux ends a terminal that nobody holds
            pass
    os.close(ours)
    assert process.returncode == 0
    assert b"length 7 <password>" in seen
    assert b"hunter2" not in seen
