"""The tables of the shared store, made and changed step by step."""
