"""The rules, one file a subject; a rule's docstring is its page, and its examples are its test."""
