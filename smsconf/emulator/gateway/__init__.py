"""The door: routes, authentication, faults, the server, and the control routes."""
