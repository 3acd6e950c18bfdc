"""Programs for whoever maintains the bot; the bot itself needs none of them."""
