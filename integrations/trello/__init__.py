"""Trello, or a stand-in for it."""
