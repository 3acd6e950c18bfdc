"""From YAML files to validated knowledge."""
