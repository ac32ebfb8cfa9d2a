"""The home of the store in PostgreSQL, which all runners share. It needs the extra ``postgres``."""
