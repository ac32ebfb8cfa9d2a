"""Report → view (the JSON contract) → text or JSON."""
