"""The linking page in a real browser. `npm ci` in this folder installs what the tests inject."""
