"""What a terminal or a script sees."""
