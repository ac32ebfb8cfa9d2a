"""The versions of one template: which belong together, which is live, which carry our mark."""
