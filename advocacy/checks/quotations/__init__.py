"""Whether a quotation stands in the kept copy of its source."""
