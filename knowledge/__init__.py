"""What the bot knows: the FAQ with its evidence, and how a message finds its entry. Knows nothing of Telegram."""
