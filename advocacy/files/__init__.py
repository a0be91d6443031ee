"""Files that people edit and files that the tool writes: text, CSV, YAML, caches, the workspace."""
