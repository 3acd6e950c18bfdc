"""The page on which the bot can be tried in a browser, without a token."""
