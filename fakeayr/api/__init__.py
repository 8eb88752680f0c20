"""Ayrshare's endpoints below `/api`: one module for each resource, and what they share."""
