"""What the types of single values accept, refuse and say."""

import pickle
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from advocacy.campaign.field_types import Day, Email, HttpUrl, Slug, Span
from advocacy.campaign.languages import Country, Language, LocalLine, LocalText, Timezone
from advocacy.files.characters import BAD_CHARACTERS, Line, Words, bad_character, shown

TYPES = {
    "day": Day,
    "span": Span,
    "words": Words,
    "line": Line,
    "slug": Slug,
    "email": Email,
    "language": Language,
    "timezone": Timezone,
    "country": Country,
    "url": HttpUrl,
    "text": LocalText,
    "one_line": LocalLine,
}


def read(kind: Any, value: object) -> Any:
    return TypeAdapter(kind).validate_python(value)


def refusal(kind: Any, value: object) -> tuple[str, str, str]:
    """Code, message and hint of the one error."""
    with pytest.raises(ValidationError) as caught:
        read(kind, value)
    (error,) = caught.value.errors(include_url=False)
    return error["type"], error["msg"], (error.get("ctx") or {}).get("hint", "")


# --- characters -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "character",
    [
        *map(chr, [*range(9), *range(11, 32), *range(0x7F, 0xA0)]),
        *"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
        *"\u2028\u2029\ue000\uf8ff\ud800\udfff\ufdd0\ufdef\ufffe\uffff\U0001fffe\U000effff",
        *"\U000f0000\U000fffff\U00100000\U0010ffff",
    ],
)
def test_what_cannot_be_printed_or_hides_is_named(character: str) -> None:
    name = bad_character(f"a{character}b")
    assert name is not None
    assert name.startswith(f"U+{ord(character):04X} ")
    code, message, hint = refusal(Words, f"a{character}b")
    assert code == "bad-character"
    assert name in message
    assert hint


@pytest.mark.parametrize(
    "text",
    [
        "Zoë O’Neill-Žižek",
        "日本",
        "עברית",
        "العربية",
        "👩‍👩‍👧",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "a\tb\nc",
        "\u00a0\u00ad\u200b",
        "ﷺ",
        "\ufffd",
    ],
)
def test_names_and_words_of_the_world_are_fine(text: str) -> None:
    assert bad_character(text) is None
    assert read(Words, f"x{text}x") == f"x{text}x"


@given(st.text())
def test_words_are_what_was_written_or_a_problem(text: str) -> None:
    plain = text.replace("\r\n", "\n")
    if BAD_CHARACTERS.search(plain) or not plain.strip():
        with pytest.raises(ValidationError):
            read(Words, text)
    else:
        assert read(Words, text) == plain.strip()


def test_a_long_value_is_shortened_in_messages() -> None:
    assert len(shown("x" * 1000)) == 62


# --- text -----------------------------------------------------------------------------------------


def test_space_around_text_is_dropped() -> None:
    assert read(Words, "  a\n b \n") == "a\n b"
    assert read(Words, "a\r\nb") == "a\nb"
    assert read(Line, "\ta b\n") == "a b"


@pytest.mark.parametrize("value", ["", " ", "\n\t"])
def test_text_is_never_empty(value: str) -> None:
    for kind in (Words, Line, LocalText, Slug, Email):
        with pytest.raises(ValidationError):
            read(kind, value)


@pytest.mark.parametrize(
    "value", ["Bob\nBcc: all@coalition.example", "Bob\r\nX: y", "a\tb", "a\rb"]
)
def test_a_line_break_in_a_line_is_refused_so_that_no_header_can_be_forged(value: str) -> None:
    assert refusal(Line, value)[0] in {"not-one-line", "bad-character"}


@pytest.mark.parametrize("value", [1, 1.5, True, None, b"x", ["a"], date(2020, 6, 10)])
def test_text_is_never_made_of_something_else(value: object) -> None:
    assert refusal(Words, value)[0] == "string_type"


UNSEEN = (
    "\u00ad\u0600\u06dd\u115f\u200b\u2060\u2063\u206a"
    "\u2800\u3164\ufeff\uffa0\ufff9\U000e0001\U000e0041"
)


@pytest.mark.parametrize("character", UNSEEN)
def test_what_nobody_sees_in_a_name_is_taken_out(character: str) -> None:
    assert read(Line, f"{character}Jane {character}Doe{character}") == "Jane Doe"
    assert read(Email, f"jane{character}@x.example") == "jane@x.example"
    with pytest.raises(ValidationError):
        read(Line, f" {character} ")


def test_joiners_selectors_and_flags_of_tags_stay_in_names() -> None:
    for text in (
        "می\u200cخواهم",
        "ක්\u200dරි",
        "葛\U000e0100飾",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ):
        assert read(Line, text) == text


# --- days and spans -------------------------------------------------------------------------------


def test_a_day_is_a_date_or_its_text() -> None:
    day = date(2020, 6, 10)
    assert read(Day, day) == read(Day, "2020-06-10") == read(Day, " 2020-06-10 ") == day


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("10 June", "“10 June” is not a date"),
        ("10.06.2020", "is not a date"),
        ("2020-6-1", "is not a date"),
        ("20200610", "is not a date"),
        ("2020-W24-3", "is not a date"),
        ("٢٠٢٠-٠٦-١٠", "is not a date"),
        (20200610, "is not a date"),
        (True, "is not a date"),
        (None, "has no value"),
        ("2020-02-30", "“2020-02-30” is not a calendar date"),
        (datetime(2020, 6, 10), "has a time"),  # noqa: DTZ001
        ("2020-06-10T12:00", "is not a date"),
    ],
)
def test_what_is_no_day_says_how_days_are_written(value: object, words: str) -> None:
    code, message, hint = refusal(Day, value)
    assert code == "bad-day"
    assert words in message
    assert "2020-06-10" in hint


@given(st.dates())
def test_every_day_reads_back(day: date) -> None:
    assert read(Day, day.isoformat()) == day


@pytest.mark.parametrize(
    ("text", "days"),
    [("90 days", 90), ("1 day", 1), ("2 weeks", 14), ("1 Week", 7), ("0 days", 0), (" 3days ", 3)],
)
def test_a_span_is_a_number_of_days_or_weeks(text: str, days: int) -> None:
    assert read(Span, text) == timedelta(days=days)


@pytest.mark.parametrize(
    "value", ["soon", "1 month", "-3 days", "1.5 days", "days", "P3D", 14, None, True, "٣ days",
              "2 days 3 days", "99999 weeks", "9" * 50 + " days"]
)  # fmt: skip
def test_what_is_no_span_says_how_spans_are_written(value: object) -> None:
    code, _, hint = refusal(Span, value)
    assert code == "bad-span"
    assert "days" in hint


# --- ids ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["a", "0", "microsoft-no-ban", "a_b.c-2", "v1.2", "a" * 100, "x-"]
)
def test_an_id_is_kept_as_written(value: str) -> None:
    assert read(Slug, value) == value


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("Microsoft Corp.", "`microsoft-corp`"),
        ("Zoë", "`zoe`"),
        ("a/b", "`a-b`"),
        ("../etc", "`etc`"),
        (".hidden", "`hidden`"),
        ("a.", "`a`"),
        ("-x", "`x`"),
        ("日本", "such as"),
        ("a" * 101, "`" + "a" * 100 + "`"),
        ("con", "`con-1`"),
        ("nul.txt", "`nul-1.txt`"),
        ("NUL", "`nul-1`"),
        ("com1", "`com1-1`"),
    ],
)
def test_an_id_that_no_file_can_bear_is_refused_with_one_that_can(value: str, hint: str) -> None:
    code, _, said = refusal(Slug, value)
    assert code == "bad-id"
    assert hint in said


@given(st.text(max_size=20))
def test_every_id_that_a_hint_offers_is_an_id(value: str) -> None:
    try:
        read(Slug, value)
    except ValidationError as error:
        hint = (error.errors()[0].get("ctx") or {}).get("hint", "")
        offered = hint.partition("`")[2].partition("`")[0]
        if offered and error.errors()[0]["type"] == "bad-id":
            assert read(Slug, offered) == offered


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "read_as"),
    [
        ("president@microsoft.example", "president@microsoft.example"),
        (" a@Example.ORG ", "a@example.org"),
        ("a.b+c@coalition.example", "a.b+c@coalition.example"),
        ("x@y.test", "x@y.test"),
        ("müller@exämple.de", "müller@exämple.de"),
    ],
)
def test_an_address_is_checked_by_its_form_alone(value: str, read_as: str) -> None:
    assert read(Email, value) == read_as


@pytest.mark.parametrize(
    "value", ["a", "a@b", "a b@c.org", "a@@b.org", "a@b..org", "a@b.org, c@d.org",
              "a@b.org\nBcc: c", "a@localhost", "@b.org", "a@b.org;", "a@[127.0.0.1]", "<a@b.org>"]
)  # fmt: skip
def test_what_is_no_address_is_refused(value: str) -> None:
    assert refusal(Email, value)[0] in {"bad-email", "not-one-line"}


def test_a_name_before_an_address_is_told_to_go() -> None:
    assert "`a@b.org`" in refusal(Email, "A. Example <a@b.org>")[2]


@pytest.mark.parametrize(
    "value", ["https://coalition.example/leave", "http://x.org:8080/a?b=c#d", "https://müller.example",
              "https://en.wikipedia.org/wiki/A_(b)"]
)  # fmt: skip
def test_a_web_address_is_kept_as_written(value: str) -> None:
    assert read(HttpUrl, value) == value


@pytest.mark.parametrize(
    "value", ["coalition.example", "ftp://x.org", "javascript:alert(1)", "https://", "https:///x",
              "https://a b.org", "https://x.org:port/", "https://[x", 'https://x.org/">',
              "mailto:a@b.org", "https://bank.example@evil.example/", "file:///etc/passwd", "https://x.org\\y"]
)  # fmt: skip
def test_what_is_no_web_address_is_refused(value: str) -> None:
    assert refusal(HttpUrl, value)[0] == "bad-url"


def test_a_web_address_without_its_beginning_is_completed_in_the_hint() -> None:
    assert "`https://www.coalition.example/x`" in refusal(HttpUrl, "www.coalition.example/x")[2]


# --- languages, countries, time zones -------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "tag"),
    [("en-US", "en-US"), ("fr", "fr"), ("EN-us", "en-US"), ("zh-hant-tw", "zh-Hant-TW"),
     ("no", "no")],
)  # fmt: skip
def test_a_language_is_a_tag_that_is_known(value: str, tag: str) -> None:
    assert read(Language, value) == tag


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("english", "`en`"),
        ("German", "`de`"),
        ("de_AT", "`de-AT`"),
        ("en-XX", "`en`"),
        ("xx", "`en-US`"),
        ("q" * 50, "`en-US`"),
        ("en--US", ""),
    ],
)
def test_an_unknown_language_is_answered_with_the_tag_to_write(value: str, hint: str) -> None:
    code, _, said = refusal(Language, value)
    assert code == "bad-language"
    assert hint in said


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("Deutschland", "DE"), ("España", "ES"), ("Österreich", "AT"), ("SCHWEIZ", "CH"),
        ("Italia", "IT"), ("États-Unis", "US"), ("United  Kingdom", "GB"), ("UK", "GB"),
        ("USA", "US"), ("Estados Unidos", "US"),
    ],
)  # fmt: skip
def test_a_country_may_be_named_in_our_languages(value: str, code: str) -> None:
    assert read(Country, value) == code


def test_a_country_is_a_two_letter_code() -> None:
    assert read(Country, "US") == read(Country, "us") == "US"
    assert read(Country, "NO") == "NO"


@pytest.mark.parametrize(
    ("value", "hint"),
    [("Norwey", "`NO`"), ("Deutschand", "`DE`"), ("XX", "ISO 3166"), ("Narnia", "ISO 3166")],
)
def test_an_unknown_country_is_answered_with_its_code(value: str, hint: str) -> None:
    code, _, said = refusal(Country, value)
    assert code == "bad-country"
    assert hint in said


@pytest.mark.parametrize("value", ["America/Los_Angeles", "Europe/Berlin", "UTC"])
def test_a_time_zone_is_one_that_is_known(value: str) -> None:
    assert read(Timezone, value) == value


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("New York", "`America/New_York`"),
        ("America/Los Angeles", "`America/Los_Angeles`"),
        ("Europe/Berln", "`Europe/Berlin`"),
        ("America", ""),
        ("../../etc/passwd", ""),
        ("/etc/localtime", ""),
        ("localtime", ""),
        ("posix/Europe/Berlin", ""),
        ("zzzzzzzzzzzz", "America/New_York"),
    ],
)
def test_an_unknown_time_zone_is_answered_with_the_nearest(value: str, hint: str) -> None:
    code, _, said = refusal(Timezone, value)
    assert code == "bad-timezone"
    assert hint in said


# --- text by language -----------------------------------------------------------------------------


def test_text_alone_stands_for_every_language() -> None:
    text = read(LocalText, " Stop ")
    assert text == LocalText.of("Stop")
    assert text.get("fr") == text.get("en-US") == str(text) == "Stop"
    assert text.languages == ()


def test_text_by_language_falls_back_to_the_wider_language_only() -> None:
    text = read(LocalText, {"en-us": "Stop", "fr": "Halte"})
    assert text.languages == ("en-US", "fr")
    assert text.get("en-US") == "Stop"
    assert text.get("fr-CA") == "Halte"
    assert text.get("en") is None
    assert text.get("de") is None


def test_text_by_language_is_a_value() -> None:
    text = read(LocalText, {"en": "Stop", "fr": "Halte"})
    assert read(LocalText, text) is text
    assert pickle.loads(pickle.dumps(text)) == text
    assert len({text, LocalText.of({"en": "Stop", "fr": "Halte"})}) == 1
    assert text.plain() == {"en": "Stop", "fr": "Halte"}
    assert LocalText.of("Stop").plain() == "Stop"
    assert TypeAdapter(LocalText).dump_python(text) == text.plain()


@pytest.mark.parametrize("value", [{}, {"english": "x"}, {"en": ""}, {"en": 1}, 1, None, ["x"]])
def test_what_is_no_text_by_language_is_refused(value: object) -> None:
    refusal(LocalText, value)


def test_a_local_line_stands_on_one_line_in_every_language() -> None:
    assert read(LocalLine, {"en": "Stop"}).get("en") == "Stop"
    assert refusal(LocalLine, "a\nb")[0] == "not-one-line"
    assert refusal(LocalLine, {"en": "a", "fr": "a\nb"})[0] == "not-one-line"


# --- schema ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TYPES)
def test_every_type_describes_itself_to_editors(name: str) -> None:
    schema = TypeAdapter(TYPES[name]).json_schema()
    assert schema["description"].endswith(".")
    assert schema.get("type") == "string" or schema["oneOf"]


def test_a_models_own_description_stands_before_the_types() -> None:
    class Model(BaseModel):
        slug: Slug = Field(description="Mine.")
        span: Span = Field(description="Mine.")
        text: LocalText = Field(description="Mine.")

    for schema in Model.model_json_schema()["properties"].values():
        assert schema["description"] == "Mine."
