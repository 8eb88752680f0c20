"""What Ayrshare is, as data: errors, networks, plans, limits, headers and so on.

This package imports nothing else from fakeayr. Each fact is written here once, with its `Source`;
other code refers to it by name.
"""
