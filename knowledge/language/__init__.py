"""One reading of a message: text to an immutable Utterance."""
