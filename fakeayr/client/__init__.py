"""A client of a fake or of the real API, for everything in the toolkit that calls one."""
