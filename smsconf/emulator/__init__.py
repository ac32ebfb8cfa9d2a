"""A stand-in for the service: same routes, same statuses, a reviewer with a calendar."""
