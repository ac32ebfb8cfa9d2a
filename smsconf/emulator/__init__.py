"""A stand-in for the service: same routes, same statuses, a reviewer with a calendar.

It does not share a model with the client and sends no message anywhere. Read ``engine`` first; the tables
are in ``routes``, ``rules``, ``statuses`` and ``errors``, each row with the page it was taken from or
``guess`` where the vendor is silent.
"""
