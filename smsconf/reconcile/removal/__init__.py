"""What goes, what may not go, and how much may go at once."""
