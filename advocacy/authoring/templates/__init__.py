"""Templates: which there are, what they may print, and copies to change."""
