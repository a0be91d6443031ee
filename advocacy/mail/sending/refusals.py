"""Why a mailing does not begin, in words."""

from advocacy.errors import Problem
from advocacy.mail.sending.mailing_settings import Mailing
from advocacy.mail.smtp.replies import Reply
from advocacy.mail.smtp.server import Server


def only_here(server: Server) -> Problem:
    """That a pretended day is for servers on this machine."""
    return Problem(
        "pretended-day",
        f"--today pretends a day, and {server.shown} is not on this machine.",
        "Leave it out, or try the mailing on a folder: ADVOCACY_SMTP=maildir:/tmp/trial.",
    )


def unknown_mailing(mailing: Mailing, place: str, no_ledger: bool) -> Problem:
    """That the ledger knows nothing of a mailing, or that there is no ledger."""
    what = f"There is no ledger ({place})" if no_ledger else f"The ledger ({place}) does not know"
    what += "." if no_ledger else f" the mailing `{mailing.name}`."
    return Problem(
        "new-mailing",
        f"{what} Nobody counts as written to yet.",
        "If it begins now, add `--new-mailing`. If it began before, put its ledger back first: "
        "without it everyone would get the letter again.",
    )


def known_mailing(mailing: Mailing) -> Problem:
    """That a mailing that is said to be new is not."""
    return Problem(
        "known-mailing",
        f"The mailing `{mailing.name}` has begun before.",
        "Leave out `--new-mailing` to go on with it, or name another with `--mailing NAME`.",
    )


def nobody_to_mail(mailing: Mailing) -> Problem:
    """That no message could be made for anybody on the list."""
    return Problem(
        "no-message",
        f"The list has nobody to whom `{mailing.name}` could be mailed.",
        "Look at the list: do its rows have `email`, and is the stage for them?",
    )


def test_failed(to: str, reply: Reply) -> Problem:
    """That the server did not take a test message."""
    return Problem(
        "test-not-sent",
        f"The test to {to} was not taken: {reply.code or ''} {reply.text}".replace("  ", " "),
        "Correct what the server says, and try again.",
    )
