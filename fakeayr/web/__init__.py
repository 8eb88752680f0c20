"""What the faces of the server share: calls, bodies, responses, errors, journaling."""
