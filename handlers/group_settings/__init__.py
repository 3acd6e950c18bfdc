"""A group's settings, by buttons."""
