"""The commands that send messages and tell what became of them."""
