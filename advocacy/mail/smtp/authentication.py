"""Logging in: SASL mechanisms over SMTP's AUTH (RFC 4954).

PLAIN before the others: under TLS it is as safe as any, and it alone has an encoding for names
and passwords that are not ASCII (RFC 4616, 2). `smtplib` refuses such, and tries one mechanism
after another with a wrong password, which locks accounts.
"""

import base64
import binascii
import hmac

from advocacy.errors import Problem
from advocacy.mail.smtp.judging import SmtpReply, Step, Verdict, cleaned, enhanced, judged
from advocacy.mail.smtp.secrets import Secret
from advocacy.mail.smtp.wire import Dropped, Wire

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")
"""The mechanisms for a password, in order of preference."""
_MOST_CHALLENGES = 4


def log_in(
    wire: Wire, user: str, secret: Secret, offered: str | None, timeout: float
) -> SmtpReply | None:
    """Log in with the first mechanism that the server offers and does not disown.

    `offered` is what it said after AUTH, None where it said no such word. Returns None where it
    let us in, else the reply. Raises `Dropped`.
    """
    if offered is None:
        return _stopped(
            "The server does not offer authentication.",
            "If the server needs no login, remove the user from ADVOCACY_SMTP. Otherwise, ask the "
            "provider for the submission port.",
        )
    names = offered.upper().split()
    wanted = ("XOAUTH2",) if secret.kind == "token" else MECHANISMS
    usable = [name for name in wanted if name in names]
    if not usable:
        return _stopped(
            f"The server does not support our authentication mechanisms ({', '.join(wanted)}), "
            f"only: {', '.join(names)[:200] or 'none'}.",
            "For providers that require OAuth, set a token in ADVOCACY_SMTP_TOKEN or use an app "
            "password.",
        )
    code, text = 0, ""
    for name in usable:
        code, text = _converse(wire, name, user, secret.reveal(), timeout)
        if code == 235:
            return None
        # 504 and 5.7.4: not this mechanism (RFC 4954, 4). Anything else is about the password.
        status = enhanced(text)
        if code != 504 and not (status and status[1:] == (7, 4)):
            break
    if code // 100 != 5:
        return judged(Step.AUTH, code, text)
    return _stopped(
        f"The server refused the login of {user}: {code} {text}",
        "Check the user in ADVOCACY_SMTP and the password. Many providers require an app password "
        "instead of the account password.",
        code,
        text,
    )


def _converse(wire: Wire, name: str, user: str, secret: str, timeout: float) -> tuple[int, str]:
    first = _initial(name, user, secret)
    wire.send(f"AUTH {name}{' ' + first if first else ''}\r\n".encode("ascii"), timeout)
    code, text = wire.reply(timeout)
    sent = [secret, first]
    for turn in range(_MOST_CHALLENGES):
        if code != 334:
            return code, _without(text, sent)
        answer = _answer(name, turn, text, user, secret)
        sent.append(answer)
        wire.send(answer.encode("ascii") + b"\r\n", timeout)
        code, text = wire.reply(timeout)
    raise Dropped("the server sends too many login challenges")


def _without(text: str, sent: list[str]) -> str:
    """A reply without what it throws back of the login: it is printed and kept."""
    for word in sorted((cleaned(one) for one in sent), key=len, reverse=True):
        text = text.replace(word, "…") if word else text
    return text


def _initial(name: str, user: str, secret: str) -> str:
    """The initial response, where the mechanism has one (RFC 4954, 4)."""
    if name == "PLAIN":
        return _b64(f"\0{user}\0{secret}")
    if name == "XOAUTH2":
        return _b64(f"user={user}\x01auth=Bearer {secret}\x01\x01")
    return ""


def _answer(name: str, turn: int, challenge: str, user: str, secret: str) -> str:
    if name == "LOGIN":
        return _b64(user if turn == 0 else secret)
    if name == "CRAM-MD5":
        try:
            asked = base64.b64decode(challenge, validate=True)
        except (binascii.Error, ValueError):
            return "*"  # cancels (RFC 4954, 4)
        digest = hmac.new(secret.encode(), asked, "md5").hexdigest()
        return _b64(f"{user} {digest}")
    if name == "PLAIN" and turn == 0:
        return _b64(f"\0{user}\0{secret}")
    return ""  # XOAUTH2: 334 has the error, and an empty answer brings the final reply


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _stopped(message: str, hint: str, code: int | None = None, text: str = "") -> SmtpReply:
    problem = Problem("login-failed", message, hint)
    return SmtpReply(Verdict.DEFERRED, code, text or message, problem, everyone=True)
