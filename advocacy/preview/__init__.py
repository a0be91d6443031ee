"""The page in the browser: a letter as paper, email and text while somebody writes it.

`server` runs the web application of `app`, behind `guard`. `studio` keeps the campaign and makes
letters of it (`letters`, `paper` in a process of its own); each tab of a browser has a `desk`,
which tells it what has changed. `files` opens and saves what people edit, `texts` the
campaign's own texts. `page/` is what the browser gets, `editor/` the sources of its editor.
"""
