"""A checked letter as a Word file."""
