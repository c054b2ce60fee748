"""A4 sheets and lists."""
