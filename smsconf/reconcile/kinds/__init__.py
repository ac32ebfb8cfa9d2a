"""One file a kind: what its state at the service means, and what is done about it."""
