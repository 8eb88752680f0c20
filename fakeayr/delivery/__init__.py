"""What leaves the fake: webhooks over HTTP and e-mails over SMTP."""
