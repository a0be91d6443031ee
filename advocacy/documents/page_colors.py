"""The look of the tool's own pages: the timeline and the state of a mailing.

Each page is one HTML file with nothing to fetch. It follows the reader's dark mode, and is
printed in the light colors.
"""

from html import escape

# Blue and vermilion of Okabe and Ito (2008), which color-blind readers tell apart; each state
# also has a shape and a word of its own.
LIGHT = {
    "paper": "#ffffff", "ink": "#1b1f24", "muted": "#57606a", "line": "#d5dbe1",
    "year": "#f4f6f8", "day": "#fff0b3", "day-line": "#7a5c00", "holds": "#0072b2",
    "holds-soft": "#c5e0f2", "ended": "#c14f00", "ended-soft": "#fbe0cd", "stage": "#33475b",
    "stage-soft": "#dfe5ea", "use": "#00476f",
}  # fmt: skip
DARK = {
    "paper": "#11151a", "ink": "#e6edf3", "muted": "#a3afba", "line": "#313a44",
    "year": "#181d24", "day": "#42380f", "day-line": "#f0d264", "holds": "#56b4e9",
    "holds-soft": "#1c4560", "ended": "#ff9f5f", "ended-soft": "#53301a", "stage": "#b4c5d6",
    "stage-soft": "#2a343f", "use": "#cfeaff",
}  # fmt: skip
FACE = "Arial, Helvetica, 'Liberation Sans', 'Segoe UI', sans-serif"
"""The typefaces of pages and pictures, as a value of CSS's `font-family`."""

_RULES = """
* {{ box-sizing: border-box }}
:root {{ color-scheme: light dark; {light} }}
@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}
body {{ margin: 0 auto; background: var(--paper); color: var(--ink); font: 16px/1.5 {face} }}
figure {{ overflow-x: auto; border: 1px solid var(--line) }}
figure:focus-visible, .table:focus-visible {{ outline: 3px solid var(--holds);
  outline-offset: 2px }}
svg {{ display: block; width: 100%; height: auto }}
.table {{ overflow-x: auto }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: left; vertical-align: top; border-bottom: 1px solid var(--line) }}
{own}
@media print {{ :root {{ {light} }} body {{ padding: 0; max-width: none }}
  tr {{ break-inside: avoid }} }}
"""


def page_html(title: str, own_rules: str, main: str) -> str:
    """A whole page: its title as text, CSS rules of its own, and the HTML of its `main` element.

    The rules refer to colors as `var(--ink)`, by the names in `LIGHT`. They come after the
    common ones and before those for print.
    """
    style = _RULES.format(
        light=_properties(LIGHT), dark=_properties(DARK), face=FACE, own=own_rules
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{escape(title)}</title>
<style>{style}</style>
</head>
<body>
<main>
{main}
</main>
</body>
</html>
"""


def style_values() -> dict[str, str]:
    """For each color the CSS value that follows the reader's dark mode: `var(--ink)`."""
    return {name: f"var(--{name})" for name in LIGHT}


def _properties(colors: dict[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in colors.items())
