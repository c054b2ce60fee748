"""Events taken in: stored, acknowledged, handled once."""
