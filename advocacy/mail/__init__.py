"""What leaves the house: messages on their way to a server, their account, and consent."""
