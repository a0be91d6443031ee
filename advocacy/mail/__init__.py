"""Mail: what leaves the house, and the account of it."""
