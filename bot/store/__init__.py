"""Every SQL statement about updates, customers, messages, handoffs, channels and the outbox."""
