"""The one writer and everything that moves or concerns a case."""
