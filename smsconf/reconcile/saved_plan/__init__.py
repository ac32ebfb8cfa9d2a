"""A plan file is a permit: what it allows, and whether it still holds."""
