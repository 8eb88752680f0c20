"""Drift: what a server returns, written down so that two servers can be held side by side."""
