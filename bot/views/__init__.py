"""Every sentence, keyboard and picture that is sent."""
