"""Where accounts live: an embedded database, in memory or in a file, or one of PostgreSQL."""
