"""The only package that talks to the service: its words, its transport, reading it and changing it.

Nothing here decides what should change (``reconcile``) or reads the user's files (``config``).
"""
