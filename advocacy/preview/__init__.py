"""The page in the browser: a letter as paper, email and text while somebody writes it.

`server` runs the web application of `app`. `state` keeps the campaign between letters. Each tab
of a browser is a `tab.Tab`: whenever something changes, `composing` composes its letter
(`letters`), `paper` lays it out in another process, and the tab sends what is new. `files` opens
and saves files, `texts` single texts of the campaign. `page/` is what the browser gets, `editor/`
the sources of its editor.
"""
