"""The vendor's host names over TLS, for clients in other processes and languages."""
