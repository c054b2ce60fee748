"""Reads what people type in a conversation."""
