"""From reply values to styled text, for any screen."""
