"""Documents: pure functions of a checked letter and a layout."""
