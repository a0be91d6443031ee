"""What comes back: bounces, complaints, answers."""
