"""Which entry a message asks for, and how sure that is."""
