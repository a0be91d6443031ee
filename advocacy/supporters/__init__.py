"""Supporters: people who write letters of their own, or sign one together."""

from advocacy.supporters.model import Correspondence, Supporter, Supporters
from advocacy.supporters.signing import stand_in

__all__ = ["Correspondence", "Supporter", "Supporters", "stand_in"]
