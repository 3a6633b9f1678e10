"""Trains what ships in `nlp/models`; nothing here is imported by the bot."""
