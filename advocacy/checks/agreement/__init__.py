"""Whether sentences agree with what they cite: numbers, days, names, negation, hedges, cause."""
