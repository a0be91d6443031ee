"""How a letter's words agree with the facts that they cite."""
