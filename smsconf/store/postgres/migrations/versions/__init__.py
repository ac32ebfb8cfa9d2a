"""One file a step, numbered; what is released is never changed."""
