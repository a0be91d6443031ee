"""Writing a campaign: new campaigns and templates, facts and sources looked after, timeline."""
