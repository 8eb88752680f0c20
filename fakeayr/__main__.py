"""`python -m fakeayr` is `fakeayr`."""

from fakeayr.cli import run

if __name__ == "__main__":
    run()
