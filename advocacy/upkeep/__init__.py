"""Keeping facts and sources true: where each fact is cited, what it is on a day, and its end.

`uses` finds the lines that cite a fact, `standing` says what every fact is on a day (and
`timeline` draws it), `ending` records that one was checked or has ended and what dies with
it, `importing` merges sources from other programs.
"""
