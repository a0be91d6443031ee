"""Reading HTML that strangers wrote, tag by tag, with Python's own reader."""

from html.parser import HTMLParser


class HtmlReader(HTMLParser):
    """Python's reader of HTML, which no odd declaration stops.

    Outside SVG and MathML, `<![…` begins a comment (HTML Living Standard, 13.2.5.42); Python's
    reader raises AssertionError where it does not know the word after it.
    """

    def parse_html_declaration(self, i: int) -> int:
        """Read `<!…` at a position; return the position after it, or -1 where it does not end."""
        try:
            return super().parse_html_declaration(i)
        except AssertionError:
            return self.parse_bogus_comment(i)
