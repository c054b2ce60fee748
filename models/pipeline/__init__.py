"""Statements of the hot path, sent to the engine together."""
