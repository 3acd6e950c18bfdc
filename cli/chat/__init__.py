"""The terminal conversation, over an in-process Bot API."""
