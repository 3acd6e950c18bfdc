"""A Bot API in this process: the small world of the terminal chat and of the page to try the bot."""
