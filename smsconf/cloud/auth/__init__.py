"""Who asks, and which account answers: credentials, tokens, the connection made of them."""
