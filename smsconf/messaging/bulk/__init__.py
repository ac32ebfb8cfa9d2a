"""Sending to many: the list read, the run in its ledger, batch after batch. May use ``send``."""
