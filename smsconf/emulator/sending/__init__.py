"""Messages: what is accepted, what the carriers make of it, and the reports about it."""
