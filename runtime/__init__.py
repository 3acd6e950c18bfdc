"""How the bot runs: settings, serving, storage, logs. Knows nothing of its subject."""
