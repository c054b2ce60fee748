"""The small shared memory: protocol, in-process, Redis; and where photos stand."""
