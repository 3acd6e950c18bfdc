"""How the bot runs: settings, logs, the terminal chat. Knows nothing of Botox."""
