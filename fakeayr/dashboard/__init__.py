"""The dashboard at `/_fakeayr/`: a page without data, whose modules call the control API."""
