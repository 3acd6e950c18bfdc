"""Groups: when to speak, and what is kept."""
