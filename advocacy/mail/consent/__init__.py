"""Who is not to be written to, how people say so, and how they are forgotten."""
