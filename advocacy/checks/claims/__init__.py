"""Which sentences of a letter are claims that need a source."""
