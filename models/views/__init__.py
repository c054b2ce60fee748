"""Frozen pictures that cards and handlers look at."""
