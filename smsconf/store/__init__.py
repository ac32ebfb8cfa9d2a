"""What is remembered, and the lock: interfaces and values here, and one package for each home."""
