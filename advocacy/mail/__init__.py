"""What leaves the house: mailing, its ledger, and consent."""
