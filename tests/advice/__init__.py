"""Each mistake as real clients make it, and the piece of advice that it yields."""
