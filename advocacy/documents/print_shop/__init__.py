"""Files for a print shop: merged PDFs, labels, envelopes."""
