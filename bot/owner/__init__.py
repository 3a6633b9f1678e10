"""What the owner can do, one file per noun."""
