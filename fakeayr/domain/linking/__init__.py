"""Linking URLs: asking for one, signing and checking it, and what it stands for."""
