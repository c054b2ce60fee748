"""Numbers as pictures, tables and words."""
