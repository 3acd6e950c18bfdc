"""The answers as a web site, and as a book that a clinician reads and signs."""
