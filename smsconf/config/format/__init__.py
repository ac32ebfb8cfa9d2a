"""The file format: what may stand in a project's files, as models, checks and a published schema."""
