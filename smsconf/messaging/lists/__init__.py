"""A file that a person made → who gets what, read exactly or refused with row and reason."""
