"""What an editor should see to."""
