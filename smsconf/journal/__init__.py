"""The journal: what the remote cannot tell, kept in a file that may be lost. ``file`` is its I/O."""

from smsconf.journal.file import Entry, Journal, JournalReading
from smsconf.journal.news import news
from smsconf.journal.recall import confirmed, remember

__all__ = ["Entry", "Journal", "JournalReading", "confirmed", "news", "remember"]
