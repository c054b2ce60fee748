"""Statements of the hot path, written by hand and sent to the engine together.

Below Tortoise because it pays, and only where it does: a transaction of a tap's size (three reads, a claim, three
inserts) takes a quarter of the CPU on SQLite that it takes with Tortoise's models and queries, 0.77 against 3.03 ms,
and a third on PostgreSQL, 1.58 against 5.00 ms (``docs/bench.md``, 语句). Tortoise builds each query anew, checks each
attribute of each model, and visits the engine once a statement: SQLite's thread costs more than what it does there,
and on PostgreSQL the round trip does.

``session`` is what others use. What it leans on in Tortoise and aiosqlite that is private there is named, and held to
be there, by ``tests/models/test_private_names.py``.
"""
