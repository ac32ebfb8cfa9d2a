"""The journal: what the remote cannot tell, kept in a file that may be lost. ``file`` is its I/O."""

from smsconf.journal.file import Journal, JournalReading
from smsconf.journal.news import news
from smsconf.journal.owner import Entry, Owner, of_account, scope_of, takers
from smsconf.journal.recall import confirmed, remember

__all__ = [
    "Entry",
    "Journal",
    "JournalReading",
    "Owner",
    "confirmed",
    "news",
    "of_account",
    "remember",
    "scope_of",
    "takers",
]
