"""Numbers of lists, as each document gives them."""

from advocacy.checks.list_numbers import NumberedItem, numbers_in_html, numbers_in_text


def test_a_browser_counts_from_where_a_list_begins() -> None:
    page = (
        '<ol start="4"><li>Fix the form.</li><li><p>Test it with <b>blind</b> people.</p>'
        "<ul><li>soon</li></ul></li></ol><ol><li>Again</li></ol>"
    )
    found = numbers_in_html(page)
    assert [one.number for one in found] == [4, 5, 1]
    assert found[0].words == "Fix the form."
    assert found[1].words.startswith("Test it with blind")


def test_a_plain_text_says_its_numbers() -> None:
    text = "We ask:\n\n 4. Fix the form.\n 5. Test it.\n\nIn 2026. It is time."
    assert numbers_in_text(text)[:2] == [
        NumberedItem(4, "Fix the form. 5."),
        NumberedItem(5, "Test it. In 2026."),
    ]


def test_a_start_that_is_no_number_is_one() -> None:
    for start in ("²", "--5", "9" * 5000, "x", ""):
        page = f'<ol start="{start}"><li>Fix the form.</li></ol>'
        assert [one.number for one in numbers_in_html(page)] == [1]
