"""Beginning something new: campaigns, copies of templates, and what templates may print.

`answers` reads what somebody says of a new campaign (`models`), `files` makes its files of it
(`campaigntext`, `records`, `wording`), `writing` writes new files all or none. `copying` copies a
letter or layout to be changed; `catalogue` lists the templates there are, `printable` what a
letter may print.
"""
