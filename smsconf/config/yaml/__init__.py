"""Bytes → data with places: which files there are, and what stands where in them."""
