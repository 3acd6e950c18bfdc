"""The bot in a terminal: the Telegram application, unchanged, over a Bot API that is played in this process."""
