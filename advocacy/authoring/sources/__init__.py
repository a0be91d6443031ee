"""Reading sources that other programs wrote."""
