"""Many letters: composed, rendered, written, and recorded."""
