"""What entries of the journal mean to later runs. No I/O: each home of the store keeps them its own way."""

from smsconf.store.entries.news import news
from smsconf.store.entries.owner import Entry, Owner, of_account, scope_of, takers
from smsconf.store.entries.recall import confirmed, remember

__all__ = [
    "Entry",
    "Owner",
    "confirmed",
    "news",
    "of_account",
    "remember",
    "scope_of",
    "takers",
]
