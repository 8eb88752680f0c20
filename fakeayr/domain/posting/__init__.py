"""Posting: what an integrator asks for, when it is published, and what the networks refuse."""
