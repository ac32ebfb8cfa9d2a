"""Sending messages with what is live: one at a time, and to very many, from the same project files.

Nothing here changes an app, a signature or a template (``cloud`` does), or reads the user's files
(``config``).
"""
