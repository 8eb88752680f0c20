"""Posting: what is published, when, and what the networks refuse."""
