"""The timeline as a page that stands alone: the picture, and the same in a table."""

from datetime import date
from html import escape

from advocacy.authoring.facts.standing import FactStanding
from advocacy.authoring.timeline.picture import picture_of
from advocacy.authoring.timeline.svg import drawn
from advocacy.campaign.loading import Campaign
from advocacy.documents.page_colors import page_html, style_values

_STYLE = """
body { padding: 1.5rem; max-width: 110rem }
figure { margin: 0 0 2rem }
svg { min-width: 70rem }
h1 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
h2 { font-size: 1.15rem }
table { font-size: .875rem }
th, td { padding: .4rem .75rem .4rem 0 }
td:nth-child(3) { white-space: nowrap }
code { font-size: .8125rem; color: var(--muted) }
@page { size: A4 landscape; margin: 1cm }
@media print {
  figure { border: 0; overflow: visible; break-after: page }
  svg { min-width: 0; max-height: 18.5cm }
}
"""


def timeline_html(campaign: Campaign, day: date | None = None) -> str:
    """The timeline as one HTML file, with nothing to fetch; it follows the reader's dark mode."""
    picture = picture_of(campaign, day)
    rows = "\n".join(_row(one) for one in picture.shown)
    main = f"""\
<h1>{escape(picture.title)}</h1>
<figure tabindex="0" aria-label="Timeline, wider than the page: scroll sideways">
{drawn(picture, style_values())}
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
</div>"""
    return page_html(picture.title, _STYLE, main)


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
