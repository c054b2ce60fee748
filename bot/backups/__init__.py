"""Backups: one file that holds a whole database, and goes back into either engine."""
