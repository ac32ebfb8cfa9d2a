"""The nouns that everyone may know: addresses, resources, statuses, sites, errors. No I/O, no clock."""
