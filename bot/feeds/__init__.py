"""Feeds of other people's pages: fetched with suspicion, and proposed as drafts."""
