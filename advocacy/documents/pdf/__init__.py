"""A checked letter as a tagged PDF."""
