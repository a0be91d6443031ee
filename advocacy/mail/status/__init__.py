"""What became of a mailing: figures and a page."""
