"""The Connect Accounts e-mail."""

SENDER_DOMAIN = "socialconnecthub.com"
SENDER = f"Social Connect Hub <connect@{SENDER_DOMAIN}>"
"""Where it comes from (reference)."""
