"""The pure core: desired × observed → plan."""
