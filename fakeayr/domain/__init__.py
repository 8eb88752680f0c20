"""The rules of account linking: accounts, profiles, links, keys, tokens and linking URLs.

Pure: no Flask, no files, no network. Storage, time, randomness and keys come in from outside.
"""
