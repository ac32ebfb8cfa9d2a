"""Apps, signatures and templates, their rules, and the reviewer who decides about them."""
