"""Bills before a legislature: read as they are published, and judged by day.

`reading` reads a file of any kind (`billstatus`, `openstates`, `written`) into a `Bill` (`model`);
`actions` says what the actions in a record mean, `states` what a bill is on a day, and `bill_facts`
turns it into a source and facts that letters cite.
"""
