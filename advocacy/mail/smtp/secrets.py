"""The password of the mail server: from the environment, a keyring or the keyboard.

Never from a file of the workspace, and never in a message: a `Secret` does not print itself.
"""

import contextlib
import getpass
import os
import sys
from collections.abc import Callable, Mapping
from typing import Literal, NoReturn

from advocacy.errors import AdvocacyError
from advocacy.mail import problem
from advocacy.mail.smtp.server import Server

PASSWORD = "ADVOCACY_SMTP_PASSWORD"  # noqa: S105 - the variable's name
TOKEN = "ADVOCACY_SMTP_TOKEN"  # noqa: S105
SERVICE = "advocacy"
"""The name under which a keyring keeps it; the user's name there is `user@host`."""


class Secret:
    """A password or an OAuth token. No repr, no format, no traceback with locals shows it."""

    __slots__ = ("__value", "kind")

    def __init__(self, value: str, kind: Literal["password", "token"] = "password") -> None:
        self.kind = kind
        # In a function's closure, where no list of attributes shows it.
        self.__value: Callable[[], str] = lambda: value

    def reveal(self) -> str:
        """The value itself, for the server alone."""
        return self.__value()

    def __repr__(self) -> str:
        return f"<{self.kind}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written down")


def password_of(
    server: Server,
    environ: Mapping[str, str] = os.environ,
    *,
    ask: Callable[[str], str] | None = None,
) -> Secret | None:
    """What to log in with; None where the URL has no user.

    `ask` gets a prompt and returns what was typed, unseen; by default a terminal is asked, if
    there is one. Raises AdvocacyError where there is no password, or where there is one without
    a user.
    """
    given = environ.get(PASSWORD, "").rstrip("\r\n")
    token = environ.get(TOKEN, "").strip()
    if server.user is None:
        if (given or token) and not server.is_local:
            raise AdvocacyError(
                problem(
                    "password-without-user",
                    variable=PASSWORD if given else TOKEN,
                    kind=server.kind,
                    address=f"{server.host}:{server.port}",
                )
            )
        return None
    if token:
        return Secret(token, "token")
    found = given or _from_keyring(server)
    if not found:
        ask = ask or _terminal()
        if ask is not None:
            with contextlib.suppress(EOFError):
                found = ask(f"Password of {server.user} at {server.host}: ")
    if not found:
        raise AdvocacyError(problem("password-missing", user=server.user, host=server.host))
    if "\0" in found or "\n" in found:
        wrong = problem(
            "password-missing", entry="password-broken", user=server.user, host=server.host
        )
        raise AdvocacyError(wrong)
    return Secret(found)


def _from_keyring(server: Server) -> str | None:
    """None, too, where there is no keyring, or one that is locked or out of order.

    A backend may fail with any exception of its own (D-Bus, Windows, KWallet); each means that
    it has no password for us.
    """
    try:
        import keyring

        return keyring.get_password(SERVICE, f"{server.user}@{server.host}")
    except Exception:  # noqa: BLE001
        return None


def _terminal() -> Callable[[str], str] | None:
    if sys.stdin is None or not sys.stdin.isatty():
        return None
    return lambda prompt: getpass.getpass(prompt, stream=sys.stderr)
