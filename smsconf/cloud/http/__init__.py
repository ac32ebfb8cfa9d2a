"""Requests that reach the service and answers that can be trusted; it knows no plan."""
