"""The command line: what each command of `fakeayr` does."""
