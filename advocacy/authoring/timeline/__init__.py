"""The timeline: stages and facts as bars over days, so that one sees which sentence dies when.

`columns` is the axis, `picture` what is drawn where; `drawing` draws it, and puts it into a
page with a table. `timeline_svg` and `timeline_html` are what others call.
"""

from advocacy.authoring.timeline.drawing import timeline_html, timeline_svg

__all__ = ["timeline_html", "timeline_svg"]
