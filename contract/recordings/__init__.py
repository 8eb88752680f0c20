"""Drift: what a server answers, written down so that two servers can be held side by side."""
