"""The control surface below `/_fakeayr/`, which the real Ayrshare does not have."""
