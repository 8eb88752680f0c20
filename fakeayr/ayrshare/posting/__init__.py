"""Facts about posting and everything around it: networks, options, media, analytics."""
