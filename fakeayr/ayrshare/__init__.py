"""What Ayrshare is, as data: errors, networks, plans, limits and addresses.

This room imports nothing of ours. Every fact stands here once, with its source; the rest of the
code refers to it by name.
"""
