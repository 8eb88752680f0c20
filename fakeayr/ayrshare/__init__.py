"""What Ayrshare is, as data: errors, networks, plans, limits, headers and so on.

This room imports no other. Every fact stands here once, with its `Source`; the rest of the code
refers to it by name.
"""
