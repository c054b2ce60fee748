"""The language: what a process owner may write, as frozen values and strict readers of its files. Pure."""
