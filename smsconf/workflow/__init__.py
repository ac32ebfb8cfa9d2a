"""The whole story: files → desired → observed → plan → apply → review. Start with ``run``."""
