"""ADVOCACY_SMTP: every way to write it right, and every way to write it wrong with its cure."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.errors import AdvocacyError
from advocacy.mail.smtp.server import Server, server_from, server_of


@pytest.mark.parametrize(
    ("url", "server", "local"),
    [
        ("smtps://me@smtp.example.org:465", Server("smtps", "smtp.example.org", 465, "me"), False),
        ("smtps://smtp.example.org", Server("smtps", "smtp.example.org", 465), False),
        ("smtp://smtp.example.org", Server("smtp", "smtp.example.org", 587), False),
        ("smtp://smtp.example.org/", Server("smtp", "smtp.example.org", 587), False),
        ("SMTPS://SMTP.Example.ORG.", Server("smtps", "smtp.example.org", 465), False),
        ("  smtps://me@host.example \n", Server("smtps", "host.example", 465, "me"), False),
        ("smtp://localhost", Server("smtp", "localhost", 25), True),
        ("smtp://127.0.0.1:2525", Server("smtp", "127.0.0.1", 2525), True),
        ("smtp://127.9.9.9", Server("smtp", "127.9.9.9", 25), True),
        ("smtp://[::1]:2525", Server("smtp", "::1", 2525), True),
        ("smtp://[2001:db8::1]", Server("smtp", "2001:db8::1", 587), False),
        ("smtp://10.0.0.1:25", Server("smtp", "10.0.0.1", 25), False),
        ("smtp://localhost.evil.example", Server("smtp", "localhost.evil.example", 587), False),
        ("smtps://me@gmail.com@smtp.gmail.com", Server("smtps", "smtp.gmail.com", 465,
                                                       "me@gmail.com"), False),
        ("smtps://me%40gmail.com@smtp.gmail.com", Server("smtps", "smtp.gmail.com", 465,
                                                         "me@gmail.com"), False),
        ("smtps://a%3Ab@smtp.example.org", Server("smtps", "smtp.example.org", 465, "a:b"), False),
        ("smtp://post.müller.example", Server("smtp", "post.xn--mller-kva.example", 587), False),
        ("smtp+unix:///run/smtp.sock", Server("unix", path=Path("/run/smtp.sock")), True),
        ("maildir:/home/me/Mail", Server("maildir", path=Path("/home/me/Mail")), True),
        ("maildir:///home/me/Mail", Server("maildir", path=Path("/home/me/Mail")), True),
        ("mbox:/home/me/a%20b.mbox", Server("mbox", path=Path("/home/me/a b.mbox")), True),
        ("mbox://localhost/home/me/x", Server("mbox", path=Path("/home/me/x")), True),
    ],
)  # fmt: skip
def test_every_way_to_name_a_server(url: str, server: Server, local: bool) -> None:
    found = server_from(url)
    assert found == server
    assert found.is_local is local
    if "%" not in url and "@gmail" not in url:
        assert server_from(found.shown) == found


WRONG = [
    ("", "no-server", "export ADVOCACY_SMTP="),
    ("   ", "no-server", "export ADVOCACY_SMTP="),
    ("smtp.example.org", "bad-server", "Begin with smtps"),
    ("smtp.example.org:465", "bad-server", "Begin with smtps"),
    ("me@smtp.example.org:465", "bad-server", "Begin with smtps"),
    ("smpt://smtp.example.org", "bad-server", "Did you mean smtp"),
    ("smtp+ssl://smtp.example.org", "bad-server", "Write smtps://"),
    ("smtp+starttls://smtp.example.org", "bad-server", "Write smtp://"),
    ("https://smtp.example.org", "bad-server", "smtps"),
    ("smtps:smtp.example.org", "bad-server", "smtps://"),
    ("smtps://", "bad-server", "smtps://user@"),
    ("smtps://@smtp.example.org", "bad-server", "omit the @"),
    ("smtps://me@", "bad-server", "smtps://user@"),
    ("smtps://me@:465", "bad-server", "smtps://user@"),
    ("smtps://me@host.example:", "bad-server", "465 for smtps"),
    ("smtps://me@host.example:smtp", "bad-server", "465 for smtps"),
    ("smtps://me@host.example:0", "bad-server", "465 for smtps"),
    ("smtps://me@host.example:70000", "bad-server", "465 for smtps"),
    ("smtps://me@host.example:٤٦٥", "bad-server", "465 for smtps"),
    ("smtp://me@host.example:465", "bad-server", "smtps://host.example:465"),
    ("smtps://me@host.example:587", "bad-server", "smtp://host.example:587"),
    ("smtps://me@host.example:25", "bad-server", "smtp://host.example:25"),
    ("smtps://me@host.example/path", "bad-server", "End it with the host"),
    ("smtps://me@host.example?tls=no", "bad-server", "End it with the host"),
    ("smtps://me@host.example#x", "bad-server", "End it with the host"),
    ("smtps://me@host example", "bad-server", "A host name cannot"),
    ("smtps://me@host.example\nX: y", "bad-server", "A host name cannot"),
    ("smtps://me@-host.example", "bad-server", "smtps://user@"),
    ("smtps://me@host..example", "bad-server", "smtps://user@"),
    ("smtps://me@1.2.3", "bad-server", "smtps://user@"),
    ("smtps://me@300.1.1.1", "bad-server", "smtps://user@"),
    ("smtp://2001:db8::1:587", "bad-server", "in brackets"),
    ("smtp://[2001:db8::1", "bad-server", "smtp://[::1]"),
    ("smtp://[host.example]", "bad-server", "smtp://[::1]"),
    ("smtp://[::1]x", "bad-server", "smtp://[::1]"),
    ("'smtps://me@host.example'", "bad-server", "Remove the quotation mark"),
    ('"smtps://me@host.example"', "bad-server", "Remove the quotation mark"),
    ("smtps://me%0d%0aRSET@host.example", "bad-server", "omit the @"),
    ("maildir:Mail", "bad-server", "maildir:/home/me"),
    ("maildir:", "bad-server", "maildir:/home/me"),
    ("maildir:/", "bad-server", "maildir:/home/me"),
    ("maildir:~/Mail", "bad-server", "maildir:$HOME"),
    ("maildir://home/me/Mail", "bad-server", "one slash"),
    ("mbox:/a%00b", "bad-server", "mbox:/home/me"),
    ("smtp+unix://run/smtp.sock", "bad-server", "one slash"),
]


@pytest.mark.parametrize(("url", "code", "cure"), WRONG)
def test_every_way_to_write_it_wrong_is_told_with_the_cure(url: str, code: str, cure: str) -> None:
    with pytest.raises(AdvocacyError) as caught:
        server_from(url)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert cure in problem.hint
    assert "ADVOCACY_SMTP" in problem.message


@pytest.mark.parametrize(
    "url",
    [
        "smtps://me:{}@smtp.example.org",
        "smtps://me:{}@smtp.example.org:465",
        "smtp://me@mail.example:{}@smtp.example.org",
        "smtps://:{}@smtp.example.org",
        "smtps://me:{}/x@smtp.example.org",
        "smtps://me:{}#x?y@smtp.example.org:465/",
        "smtps://me:{}@",
        "smtp://me:{}@localhost",
    ],
)
def test_a_password_in_the_url_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(AdvocacyError) as caught:
        server_from(url.format("hunter2"))
    assert caught.value.problems[0].code == "password-in-url"
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


@given(
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.sampled_from(["smtps://me:{}@h.example", "me:{}@h.example", "smtp//me:{}@h", "xmtp://m:{}@h",
                     "smtps:me:{}@h", "'smtps://me:{}@h'", "smtps://me:{} @h"]),
)  # fmt: skip
def test_no_error_repeats_what_may_be_a_password(rest: str, shape: str) -> None:
    with pytest.raises(AdvocacyError) as caught:
        server_from(shape.format(f"SECRET{rest}"))
    assert "SECRET" not in str(caught.value)


@given(st.text())
def test_whatever_is_written_gives_a_server_or_a_problem_that_a_terminal_can_show(url: str) -> None:
    for text in (url, f"smtps://{url}", f"smtp://a@{url}:25", f"maildir:/{url}"):
        try:
            shown = server_from(text).shown
        except AdvocacyError as error:
            shown = str(error).replace("\n", "")
        assert shown
        assert shown.isprintable()


def test_the_environment_names_the_server() -> None:
    assert server_of({"ADVOCACY_SMTP": "smtp://localhost"}).host == "localhost"
    with pytest.raises(AdvocacyError, match="not set"):
        server_of({})
