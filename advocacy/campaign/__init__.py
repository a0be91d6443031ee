"""What people write, as values: campaigns, facts, sources, bills, recipients, supporters."""
