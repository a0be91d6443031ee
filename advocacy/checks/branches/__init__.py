"""Every branch of every template, rendered for everybody it may be for; and what does not fit."""

from advocacy.checks.branches.coverage import Coverage

__all__ = ["Coverage"]
