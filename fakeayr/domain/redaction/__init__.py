"""Removing secrets from texts, by what they look like and by their known values."""
