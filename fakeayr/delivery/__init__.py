"""Delivers webhooks over HTTP and e-mails over SMTP."""
