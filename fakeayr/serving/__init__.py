"""Building the app, and running it in worker processes or in a thread."""
