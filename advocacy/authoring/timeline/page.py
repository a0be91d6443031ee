"""The timeline as a page that stands alone: the picture, and the same in a table."""

from datetime import date
from html import escape

from advocacy.authoring.facts.standing import FactStanding
from advocacy.authoring.timeline.picture import picture_of
from advocacy.authoring.timeline.svg import DARK, FACE, LIGHT, drawn
from advocacy.campaign.loading import Campaign

_CSS = """
* {{ box-sizing: border-box }}
:root {{ color-scheme: light dark; {light} }}
@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}
body {{ margin: 0 auto; padding: 1.5rem; max-width: 110rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 {face} }}
figure {{ margin: 0 0 2rem; overflow-x: auto; border: 1px solid var(--line) }}
figure:focus-visible {{ outline: 3px solid var(--holds); outline-offset: 2px }}
svg {{ display: block; width: 100%; min-width: 70rem; height: auto }}
h1 {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }}
h2 {{ font-size: 1.15rem }}
table {{ border-collapse: collapse; width: 100%; font-size: .875rem }}
th, td {{ text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0;
  border-bottom: 1px solid var(--line) }}
.table {{ overflow-x: auto }} td:nth-child(3) {{ white-space: nowrap }}
code {{ font-size: .8125rem; color: var(--muted) }}
@page {{ size: A4 landscape; margin: 1cm }}
@media print {{ :root {{ {light} }} body {{ padding: 0; max-width: none }}
  figure {{ border: 0; overflow: visible; break-after: page }}
  svg {{ min-width: 0; max-height: 18.5cm }}
  tr {{ break-inside: avoid }} }}
"""


def timeline_html(campaign: Campaign, day: date | None = None) -> str:
    """The timeline as one HTML file, with nothing to fetch; it follows the reader's dark mode."""
    picture = picture_of(campaign, day)
    named = {name: f"var(--{name})" for name in LIGHT}
    css = _CSS.format(light=_variables(LIGHT), dark=_variables(DARK), face=FACE)
    rows = "\n".join(_row(one) for one in picture.shown)
    title = escape(picture.title)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{css}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<figure tabindex="0" aria-label="Timeline, wider than the page: scroll sideways">
{drawn(picture, named)}
</figure>
<h2>The same as a table</h2>
<div class="table" tabindex="0" role="region" aria-label="Facts">
<table>
<thead><tr><th scope="col">Fact</th><th scope="col">On this day</th><th scope="col">Holds</th>\
<th scope="col">Cited in</th><th scope="col">Source</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
</main>
</body>
</html>
"""


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in colours.items())


def _row(one: FactStanding) -> str:
    source = one.source.title if one.source else None
    cells = [
        f"{escape(one.statement)}<br><code>{escape(one.id)}</code>",
        escape(one.label),
        escape(one.days).replace(" to ", " to<br>"),
        escape(one.cited() or "–").replace("; ", "<br>"),
        escape(source or one.fact.source),
    ]
    head, *others = cells
    return f"<tr><td>{head}</td>" + "".join(f"<td>{cell}</td>" for cell in others) + "</tr>"
