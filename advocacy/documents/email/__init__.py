"""A checked letter as an email: HTML, text, and the message that carries both."""
