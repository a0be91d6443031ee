"""The unsubscribe page: only a person's or their mail program's POST unsubscribes."""

import csv
import io
import re
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.policy import SMTP
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.campaign.campaign import Sender
from advocacy.errors import AdvocacyError
from advocacy.mail import unsubscribe
from advocacy.mail.consent.list_headers import list_headers
from advocacy.mail.consent.requests_file import append_request
from advocacy.mail.consent.suppress_commands import import_list
from advocacy.mail.consent.suppression_snapshot import SuppressionGuard, read_suppressions
from advocacy.mail.consent.tokens import Ticket, read_keys, seal, unsubscribe_url
from advocacy.mail.consent.unsubscribe_page import (
    POLICY,
    STYLE,
    accepted_language,
    masked,
    page,
    words_of,
)
from advocacy.mail.unsubscribe import UnsubscribeSettings, make_application

KEYS = read_keys("test-key-of-an-example-coalition-0123456789")
TICKET = Ticket("jane.doe@people.example", "parks/call", "en-US")
TOKEN = seal(KEYS, TICKET)
FORM = "application/x-www-form-urlencoded"
ONE_CLICK = b"List-Unsubscribe=One-Click"


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    return tmp_path / "unsubscribed.csv"


class Answer:
    def __init__(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = int(status.split()[0])
        self.headers = dict(headers)
        self.text = body.decode()


def ask(
    requests: Path,
    method: str,
    path: str = f"/leave/{TOKEN}",
    body: bytes = b"",
    content_type: str = FORM,
    **more: Any,
) -> Answer:
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    path, _, query = path.partition("?")
    environ |= {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
    environ["wsgi.input"] = io.BytesIO(body)
    if body:
        environ |= {"CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": content_type}
    environ |= more
    seen: list[Any] = []
    settings = UnsubscribeSettings(KEYS, requests, "Example <Coalition>", "leave@coalition.example")
    app = make_application(settings)

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        seen.extend((status, headers))

    data = b"".join(app(environ, start))
    return Answer(seen[0], seen[1], data)


def rows(requests: Path) -> list[dict[str, str]]:
    if not requests.exists():
        return []
    return list(csv.DictReader(requests.read_text("utf-8").splitlines()))


# --- what unsubscribes, and what does not -------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_link_scanner_unsubscribes_nobody(requests: Path, method: str) -> None:
    answer = ask(requests, method)
    assert answer.status == 200
    assert not requests.exists()
    assert ("<button" in answer.text) == (method == "GET")
    assert int(answer.headers["Content-Length"]) > 1000


MULTIPART = (
    b'--b7\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
    b"One-Click\r\n--b7--\r\n"
)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (ONE_CLICK, FORM),
        (b"a=b&List-Unsubscribe=One-Click", f"{FORM}; charset=utf-8"),
        (MULTIPART, "multipart/form-data; boundary=b7"),
        (MULTIPART.replace(b"\r\n", b"\n"), "Multipart/Form-Data; boundary=b7"),
    ],
)
def test_a_mail_programs_one_click_unsubscribes(
    requests: Path, body: bytes, content_type: str
) -> None:
    answer = ask(requests, "POST", body=body, content_type=content_type)
    assert answer.status == 200
    (row,) = rows(requests)
    assert row["address"] == "jane.doe@people.example"
    assert (row["source"], row["campaign"], row["how"]) == (
        "unsubscribed",
        "parks/call",
        "one-click",
    )
    assert stat.S_IMODE(requests.stat().st_mode) == 0o600


def test_the_pages_button_unsubscribes(requests: Path) -> None:
    form = ask(requests, "GET").text
    assert re.search(r'<form method="post"><button name="confirm" value="yes">', form)
    answer = ask(requests, "POST", body=b"confirm=yes")
    assert answer.status == 200
    assert "You are unsubscribed" in answer.text
    assert [row["how"] for row in rows(requests)] == ["page"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", FORM),
        (b"confirm=no", FORM),
        (b"List-Unsubscribe=Maybe", FORM),
        (b"One-Click", "multipart/form-data; boundary=b"),
        (b"a&" * 100, FORM),
        (b"\xff\xfe\x00", "application/octet-stream"),
    ],
)
def test_another_post_asks_again(requests: Path, body: bytes, content_type: str) -> None:
    answer = ask(requests, "POST", body=body, content_type=content_type)
    assert answer.status == 400
    assert "<button" in answer.text
    assert not requests.exists()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "path", ["/", "", "/leave/", f"/leave/{TOKEN[:-1]}", f"/{TOKEN}x", "/leave?u=abc", "/\xff\x80"]
)
def test_a_wrong_address_gets_a_page_that_says_what_to_do(
    requests: Path, method: str, path: str
) -> None:
    answer = ask(requests, method, path, ONE_CLICK if method == "POST" else b"")
    assert answer.status == 404
    assert '<a href="mailto:leave@coalition.example">' in answer.text
    assert not requests.exists()


def test_the_token_may_stand_in_the_query(requests: Path) -> None:
    assert ask(requests, "POST", f"/?p=1&u={TOKEN}", ONE_CLICK).status == 200
    assert len(rows(requests)) == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "", "PROPFIND"])
def test_other_methods_are_refused(requests: Path, method: str) -> None:
    answer = ask(requests, method)
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST"
    assert not requests.exists()


def test_a_long_request_is_taken_by_its_beginning_and_read_to_its_end(requests: Path) -> None:
    body = ONE_CLICK + b"&x=" + b"x" * 3_000_000
    stream = io.BytesIO(body)
    assert ask(requests, "POST", body=body, **{"wsgi.input": stream}).status == 200
    assert stream.read() == b"", "a client that is cut off sees no answer"
    chunked = {"wsgi.input_terminated": True, "wsgi.input": io.BytesIO(body)}
    assert ask(requests, "POST", **chunked).status == 200
    assert len(rows(requests)) == 1


@pytest.mark.parametrize(
    ("begin", "end", "content_type"),
    [
        (b"x=", b"&" + ONE_CLICK, FORM),
        (b"x=", b"&" + ONE_CLICK + b"&y=1", FORM),
        (b'--b7\r\nContent-Disposition: form-data; name="x"\r\n\r\n', b"\r\n" + MULTIPART,
         "multipart/form-data; boundary=b7"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [8_000, 8_150, 16_350, 3_000_000])
def test_one_click_counts_wherever_in_a_long_request_it_stands(
    requests: Path, begin: bytes, end: bytes, content_type: str, size: int
) -> None:
    body = begin + b"x" * size + end
    assert ask(requests, "POST", body=body, content_type=content_type).status == 200
    assert [row["how"] for row in rows(requests)] == ["one-click"]


def test_a_request_in_chunks_counts_where_the_server_does_not_put_them_together(
    local: int, requests: Path
) -> None:
    connection = HTTPConnection("127.0.0.1", local, timeout=10)
    parts = iter([b"List-Unsub", b"scribe=One-Click"])
    connection.request("POST", f"/{TOKEN}", parts, {"Content-Type": FORM}, encode_chunked=True)
    assert connection.getresponse().status == 200
    assert [row["how"] for row in rows(requests)] == ["one-click"]


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("POST", {"CONTENT_LENGTH": "9" * 40}),
        ("POST", {"CONTENT_LENGTH": "20000", "wsgi.input": io.BytesIO(b"x" * 20000)}),
        ("PUT", {}),
    ],
)
def test_a_link_that_works_is_never_called_wrong(
    requests: Path, method: str, more: dict[str, Any]
) -> None:
    answer = ask(requests, method, **more)
    assert answer.status in (400, 405, 413)
    assert "<button" in answer.text
    assert "incomplete or was changed" not in answer.text


def test_a_long_request_that_asks_for_nothing_is_refused(requests: Path) -> None:
    stream = io.BytesIO(b"x" * 3_000_000)
    assert ask(requests, "POST", body=stream.getvalue(), **{"wsgi.input": stream}).status == 413
    assert stream.read() == b""
    assert ask(requests, "POST", CONTENT_LENGTH="9" * 40).status == 400, "nothing came"
    assert not requests.exists()


@pytest.mark.parametrize(
    "link",
    [
        *(f"/leave/{TOKEN}{end}" for end in (".", ">", ">.", "/)", "&gt;", "_", "*", "&quot;,")),
        *(f"/leave/{TOKEN}{end}".encode().decode("latin-1") for end in ("»", "’", "”.", "…")),
        *(f"/<{TOKEN}>", f"/?u={TOKEN}>,", f"/?u={TOKEN}&gt;", f"/?u={TOKEN}%C2%BB"),
    ],
)
def test_a_link_works_with_what_mail_programs_take_for_a_part_of_it(
    requests: Path, link: str
) -> None:
    assert ask(requests, "GET", link).status == 200
    assert ask(requests, "POST", link, ONE_CLICK).status == 200
    assert len(rows(requests)) == 1


TEXTS = st.text(alphabet=st.characters(max_codepoint=255), max_size=60)


@given(
    st.sampled_from(["GET", "HEAD", "POST", "PUT", ""]),
    TEXTS,
    TEXTS,
    st.binary(max_size=200),
    st.sampled_from([FORM, "multipart/form-data; boundary=b", "", "\xff"]),
    TEXTS,
    st.sampled_from(["", "-1", "0", "5", "99999999999", "1e9", "٣", "abc"]),
)
def test_no_request_breaks_the_page_or_unsubscribes_without_a_token(
    tmp_path_factory: pytest.TempPathFactory,
    method: str,
    path: str,
    query: str,
    body: bytes,
    content_type: str,
    language: str,
    length: str,
) -> None:
    requests = tmp_path_factory.mktemp("any") / "unsubscribed.csv"
    for where in (f"/{path}?{query}", f"/leave/{TOKEN}?{query.replace('u=', '')}"):
        answer = ask(
            requests,
            method,
            where,
            body,
            content_type,
            HTTP_ACCEPT_LANGUAGE=language,
            CONTENT_LENGTH=length,
        )
        assert answer.status in (200, 400, 404, 405, 413)
        assert not requests.exists() or b"confirm=yes" in body or b"One-Click" in body


# --- the file of requests -----------------------------------------------------------------------


def test_clicking_twice_is_one_request_and_asking_again_later_is_another(requests: Path) -> None:
    now = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
    assert append_request(requests, TICKET, "page", now)
    assert not append_request(requests, TICKET, "one-click", now + timedelta(minutes=9))
    assert append_request(requests, Ticket("jane@people.example", "m"), "page", now)
    assert append_request(requests, TICKET, "page", now + timedelta(hours=1))
    assert [row["address"][:5] for row in rows(requests)] == ["jane.", "jane@", "jane."]


def test_a_row_that_somebody_wrote_by_hand_does_no_harm(requests: Path) -> None:
    requests.write_text(f"{TICKET.address},2026-11-25\n{TICKET.address}\n{TICKET.address},x\n")
    assert append_request(requests, TICKET, "page")


def test_a_row_that_was_cut_off_does_not_swallow_the_next(requests: Path) -> None:
    requests.write_text("address,since,source,campaign,how\nbob@example.org,2026-11")
    append_request(requests, TICKET, "page")
    assert rows(requests)[-1]["address"] == TICKET.address


def test_many_at_once_are_all_written(requests: Path) -> None:
    def one(number: int) -> int:
        token = seal(KEYS, Ticket(f"p{number}@people.example", "parks/call"))
        return ask(requests, "POST", f"/leave/{token}", ONE_CLICK).status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(80))) == {200}
    assert {row["address"] for row in rows(requests)} == {f"p{n}@people.example" for n in range(80)}


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_no_value_breaks_the_file(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "unsubscribed.csv"
    append_request(path, Ticket("bob@example.org", text), "page")
    append_request(path, Ticket(f"{text}@example.org", text), "page")
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file, strict=True))
    assert [len(row) for row in found] == [5, 5, 5]
    assert found[1][0] == "bob@example.org"


def test_what_cannot_be_written_is_not_said_to_be_done(requests: Path) -> None:
    requests.mkdir()
    log = io.StringIO()
    answer = ask(requests, "POST", body=ONE_CLICK, **{"wsgi.errors": log})
    assert answer.status == 503
    assert "not unsubscribed yet" in answer.text
    assert "Retry-After" in answer.headers
    assert "cannot be written" in log.getvalue()
    assert "jane" not in log.getvalue()


def test_the_list_of_suppressed_people_takes_the_file(requests: Path, tmp_path: Path) -> None:
    assert ask(requests, "POST", body=ONE_CLICK).status == 200
    assert import_list(tmp_path, requests).outcome.added == ["jane.doe@people.example"]
    assert import_list(tmp_path, requests).outcome.there == ["jane.doe@people.example"]
    reason = read_suppressions(tmp_path)[0].reason("Jane.Doe@people.example")
    assert reason
    assert reason.startswith("unsubscribed (")


# --- what the page says -------------------------------------------------------------------------


def test_the_page_tells_no_stranger_the_address_and_escapes_all(requests: Path) -> None:
    text = ask(requests, "GET").text
    assert "j…@people.example" in text
    assert "jane.doe" not in text
    assert TOKEN not in text
    assert "Example &lt;Coalition&gt;" in text
    assert masked("a@b.example") == "…@b.example"
    for token in ("<script>@x.example", '"><b>@x.example'):
        where = f"/leave/{seal(KEYS, Ticket(token, 'm'))}"
        assert "<script>" not in ask(requests, "GET", where).text
        assert "<b>" not in ask(requests, "GET", where).text


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_every_answer_forbids_what_the_page_does_not_need(requests: Path, method: str) -> None:
    answer = ask(requests, method, body=b"confirm=yes" if method == "POST" else b"")
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert "default-src 'none'" in POLICY
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    assert f"<style>{STYLE}</style>" in answer.text
    assert not re.search(r"(src|href)=\"(?!mailto:)", answer.text)
    assert not re.search(r"url\(|@import|<script", answer.text)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de-CH", "Abbestellen?"),
        ("fr", "Se désinscrire ?"),
        ("es", "¿Darse de baja?"),
        ("xx", "Unsubscribe?"),
    ],
)
def test_the_page_speaks_the_letters_language(requests: Path, language: str, words: str) -> None:
    token = seal(KEYS, Ticket("a@b.example", "m", language))
    answer = ask(requests, "GET", f"/leave/{token}", HTTP_ACCEPT_LANGUAGE="it")
    assert f"<h1>{words}</h1>" in answer.text


def test_a_wrong_address_answers_in_the_browsers_language(requests: Path) -> None:
    answer = ask(requests, "GET", "/leave/x", HTTP_ACCEPT_LANGUAGE="it, de-AT;q=0.9, en;q=0.5")
    assert '<html lang="de"' in answer.text
    assert accepted_language("fr;q=0, es;q=0.2") == "es"
    assert accepted_language("../../etc/passwd, \0, ;q=, de;q=0") == "en"


def test_every_language_has_every_word(project_root: Path) -> None:
    import tomllib

    files = sorted((project_root / "advocacy" / "mail" / "consent" / "pagewords").glob("*.toml"))
    assert {path.stem for path in files} >= {"en", "de", "fr", "es"}
    marks = {}
    for path in files:
        words = tomllib.loads(path.read_text("utf-8"))
        marks[path.stem] = {
            key: sorted(re.findall(r"\{\w+\}", text)) for key, text in words.items()
        }
        assert words_of(path.stem)[1] == words
    assert all(found == marks["en"] for found in marks.values())


# --- the program --------------------------------------------------------------------------------


def test_the_page_needs_none_of_the_libraries_that_make_letters() -> None:
    code = (
        "import sys, advocacy.mail.unsubscribe as u\n"
        "from advocacy.mail.consent.unsubscribe_page import page\n"
        "page('ask', 'de', address='a@b.example')\n"
        "known = set(sys.stdlib_module_names) | {'advocacy'}\n"
        "print(sorted({m.partition('.')[0] for m in sys.modules} - known))"
    )
    result = subprocess.run(
        [sys.executable, "-S", "-c", code],  # -S: no library is there at all
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert result.stdout.strip() in ("[]", "['__main__']")


def test_settings_come_from_the_environment_and_say_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str
) -> None:
    environ = {"ADVOCACY_UNSUBSCRIBED": str(tmp_path / "u.csv")}
    assert unsubscribe.settings_from(environ).requests == tmp_path / "u.csv"
    for wrong in ({}, {"ADVOCACY_UNSUBSCRIBED": str(tmp_path / "no" / "u.csv")}):
        with pytest.raises(AdvocacyError, match="ADVOCACY_UNSUBSCRIBED"):
            unsubscribe.settings_from(wrong)
    with pytest.raises(AdvocacyError, match="CONTACT"):
        unsubscribe.settings_from(environ | {"ADVOCACY_UNSUBSCRIBE_CONTACT": "a@b?x=y"})
    monkeypatch.delenv("ADVOCACY_KEY")
    with pytest.raises(AdvocacyError, match="ADVOCACY_KEY is not set"):
        unsubscribe.settings_from(environ)


def test_a_page_that_is_not_set_up_says_so_in_the_log_and_loses_no_request_silently(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ADVOCACY_KEY", raising=False)
    unsubscribe._settings.cache_clear()
    environ: dict[str, Any] = {"wsgi.errors": io.StringIO()}
    setup_testing_defaults(environ)
    seen: list[str] = []
    unsubscribe.application(environ, lambda status, _: seen.append(status))
    assert seen == ["500 Internal Server Error"]
    assert "token_urlsafe" in environ["wsgi.errors"].getvalue()


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def served(requests: Path) -> Iterator[int]:
    app = make_application(
        UnsubscribeSettings(KEYS, requests, "Example Coalition", "leave@coalition.example")
    )
    with make_server("127.0.0.1", 0, validator(app), handler_class=Quiet) as server:  # type: ignore[arg-type]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_real_server_serves_it(served: int, requests: Path) -> None:
    url = unsubscribe_url(f"http://127.0.0.1:{served}/leave", KEYS, TICKET.address, "parks/call")
    path = url.removeprefix(f"http://127.0.0.1:{served}")
    for method, body, status in (
        ("GET", None, 200),
        ("HEAD", None, 200),
        ("GET", None, 200),
        ("POST", "List-Unsubscribe=One-Click", 200),
        ("POST", "nonsense", 400),
    ):
        connection = HTTPConnection("127.0.0.1", served, timeout=10)
        connection.request(method, path, body, {"Content-Type": FORM} if body else {})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == status
        assert len(rows(requests)) == (1 if method == "POST" else 0)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_people_can_use_the_page_with_any_screen_and_reader(
    served: int, requests: Path, tool: Any, node_tool: Any, scheme: Any
) -> None:
    from playwright.sync_api import sync_playwright

    chromium, axe = tool("chromium"), node_tool("axe-core/axe.min.js").read_text("utf-8")
    url = unsubscribe_url(f"http://127.0.0.1:{served}/leave", KEYS, TICKET.address, "m", "de")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        view = browser.new_page(
            color_scheme=scheme, viewport={"width": 320, "height": 640}, bypass_csp=False
        )
        wrong: list[str] = []
        view.on("console", lambda message: wrong.append(message.text))

        def judged() -> None:
            violations = view.evaluate(
                f"async () => {{ {axe}; return (await axe.run()).violations.map(v => v.id) }}"
            )
            assert violations == []
            wide = view.evaluate("document.documentElement.scrollWidth")
            assert wide <= 320

        view.goto(url)
        judged()
        view.keyboard.press("Tab")
        with view.expect_navigation():
            view.keyboard.press("Enter")
        assert "abbestellt" in view.inner_text("h1")
        judged()
        view.goto(f"http://127.0.0.1:{served}/leave/x")
        judged()
        browser.close()
    assert [row["how"] for row in rows(requests)] == ["page"]
    assert not [text for text in wrong if "Content Security Policy" in text]


@pytest.mark.slow
def test_the_page_is_valid_html(tool: Any, node_tool: Any, tmp_path: Path) -> None:
    java, vnu = tool("java"), node_tool("vnu-jar/build/dist/vnu.jar")
    files = []
    for kind in ("ask", "done", "wrong", "failed"):
        files.append(tmp_path / f"{kind}.html")
        files[-1].write_text(
            page(kind, "fr", address="a@b.example", name="A & B", contact="leave@b.example"),
            "utf-8",
        )
    result = subprocess.run(
        [java, "-jar", str(vnu), *map(str, files)], capture_output=True, text=True, check=False
    )
    assert result.stderr == ""


def test_the_button_of_a_mail_program_reaches_a_mailing_that_is_running(
    served: int, requests: Path, tmp_path: Path
) -> None:
    sender = Sender.model_validate(
        {
            "organization": "Example Coalition",
            "address": ["1 Example Street"],
            "email": "letters@coalition.example",
            "signatories": [{"name": "A. Example"}],
            "unsubscribe": {"url": f"http://127.0.0.1:{served}/leave"},
        }
    )
    guard = SuppressionGuard(tmp_path)
    assert guard.reason(TICKET.address) is None
    headers = list_headers(sender, "parks/call", TICKET.address, "fr", keys=KEYS)
    message = message_from_string(headers + "\r\nHello\r\n", policy=SMTP)
    place = message["List-Unsubscribe"].strip("<>")
    connection = HTTPConnection("127.0.0.1", served, timeout=10)
    connection.request("POST", place.partition(str(served))[2], ONE_CLICK, {"Content-Type": FORM})
    assert connection.getresponse().status == 200
    connection.close()
    import_list(tmp_path, requests)
    assert guard.reason(TICKET.address)


@pytest.fixture
def local(requests: Path) -> Iterator[int]:
    """The port of the server that the program itself starts."""
    answers = make_application(UnsubscribeSettings(KEYS, requests))
    with unsubscribe.local_server(0, answers) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_the_local_server_answers_a_body_that_is_too_long_and_logs_no_token(
    local: int, capfd: pytest.CaptureFixture[str]
) -> None:
    connection = HTTPConnection("127.0.0.1", local, timeout=10)
    connection.request("POST", f"/{TOKEN}", b"x" * 9000, {"Content-Type": FORM})
    assert connection.getresponse().status == 413
    told = capfd.readouterr()
    assert TOKEN not in told.out + told.err
    assert "Traceback" not in told.err


def test_clients_that_are_idle_or_go_away_leave_no_traceback(
    requests: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(unsubscribe, "SECONDS_AT_MOST", 0.1)
    answers = make_application(UnsubscribeSettings(KEYS, requests))
    with unsubscribe.local_server(0, answers) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        for sent in (b"", b"GET", b"GET / HTTP/1.0\r\n", b"POST / HTTP/1.0\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", server.server_port)) as idle:
                idle.sendall(sent)
                while idle.recv(1000):  # until the server closes it
                    pass
        server.shutdown()
        thread.join()
    told = capfd.readouterr()
    assert told.out + told.err == ""


@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("-h", 0), ("--port", 2)])
def test_the_program_with_an_argument_says_how_it_is_used_and_serves_nothing(
    argument: str, code: int
) -> None:
    command = [sys.executable, "-m", "advocacy.mail.unsubscribe", argument]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == code
    assert "ADVOCACY_UNSUBSCRIBED" in done.stdout


def test_a_client_that_sends_half_of_its_request_holds_up_nobody(
    local: int, requests: Path
) -> None:
    with socket.create_connection(("127.0.0.1", local)) as slow:
        slow.sendall(f"POST /{TOKEN} HTTP/1.0\r\nContent-Length: 100\r\n\r\nxy".encode())
        connection = HTTPConnection("127.0.0.1", local, timeout=5)
        connection.request("POST", f"/{TOKEN}", ONE_CLICK, {"Content-Type": FORM})
        assert connection.getresponse().status == 200
    assert len(requests.read_text("utf-8").splitlines()) == 2
