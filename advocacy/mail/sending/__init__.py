"""A mailing from the list to the server: preparation, dry run, sending."""
