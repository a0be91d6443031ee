"""Supporters: people who write letters of their own, or sign one together."""

from advocacy.campaign.supporters.model import Correspondence, Supporter, Supporters

__all__ = ["Correspondence", "Supporter", "Supporters"]
