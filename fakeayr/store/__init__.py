"""Where accounts live: an embedded database, in memory or in a file."""
