"""Which cases somebody may see and touch, and how much of them."""
