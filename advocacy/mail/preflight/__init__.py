"""What a mailing's sender can be told before the first message: DNS, spam rules, settings."""
