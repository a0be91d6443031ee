"""The command line: a file a command; each parses options, makes one call, and prints."""

from advocacy.cli.group import main

__all__ = ["main"]
