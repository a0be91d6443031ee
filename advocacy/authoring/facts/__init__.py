"""Keeping facts true: where each is cited, what it is on a day, and its end."""
