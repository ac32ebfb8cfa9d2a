"""One request: what is live, its values, the wire, the app's key, when it may go out."""
