"""A bill looked after: what it is on a day, who stands where, and which letters that makes due."""
