"""Sending and consent: messages on their way to a server, the record of them, and opt-outs."""

import re
from functools import partial

from advocacy.resources import read_problem, read_table

SERVER_WORDS = "mail/server_words.toml"
problem = partial(read_problem, table="mail/problems.toml")
"""Make a problem of the words that mail has for its code."""


def server_words(meaning: str) -> re.Pattern[str]:
    """The ways in which servers say something, as one regular expression."""
    return re.compile("|".join(read_table(SERVER_WORDS)[meaning]), re.IGNORECASE)
