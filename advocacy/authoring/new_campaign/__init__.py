"""A new campaign: questions, answers, and the files made of them."""
