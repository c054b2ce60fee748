"""Measures the bot beside small hand-written floors, in the same run and on the same machine."""
