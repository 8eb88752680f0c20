"""What leaves the fake: webhooks and e-mails, and the outbox that holds them."""
