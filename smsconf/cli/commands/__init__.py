"""One file a command: its options, what it asks of the workflow, what it shows."""
