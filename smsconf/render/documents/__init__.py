"""One file a document: what a command says, as JSON and as text."""
