"""What leaves the house: messages on their way to a server, and the account of them."""
