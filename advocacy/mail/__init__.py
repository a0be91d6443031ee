"""What leaves the house: messages on their way to a server, their account, and consent."""

from functools import partial

from advocacy.resources import read_problem

problem = partial(read_problem, table="mail/problems.toml")
"""Make a problem of the words that mail has for its code."""
