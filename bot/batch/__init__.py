"""The verbs that work on files: no chat, no token, no database, and the same pure functions."""
