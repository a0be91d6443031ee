"""YAML: values with their places, problems, and edits in place."""
