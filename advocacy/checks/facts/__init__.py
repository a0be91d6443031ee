"""Whether the facts a letter cites hold on its days, and whether their records are sound."""
