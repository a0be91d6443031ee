"""What people write, as values: campaigns, facts, sources, recipients, supporters."""
