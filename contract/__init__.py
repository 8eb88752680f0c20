"""Contract tests: what Ayrshare documents, checked against the fake, the real API, or any server.

This room talks to a server over HTTP only. It knows nothing of how the fake is made, so that the
same checks serve every target.
"""
