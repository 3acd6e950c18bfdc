"""What the bot does on Telegram: one module a feature. Nothing here decides what is true."""
