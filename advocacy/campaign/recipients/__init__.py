"""Recipients: the people that letters are addressed to, and the lists that name them."""

from advocacy.campaign.recipients.model import Recipient, same_ids

__all__ = ["Recipient", "same_ids"]
