"""From a campaign and a recipient to a checked letter; digests and approvals."""
