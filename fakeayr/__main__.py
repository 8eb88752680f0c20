"""`python -m fakeayr` is `fakeayr`."""

from fakeayr.cli import main

if __name__ == "__main__":
    main()
