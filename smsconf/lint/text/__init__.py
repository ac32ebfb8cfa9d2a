"""What rules know about text: characters, words, addresses. It finds nothing by itself."""
