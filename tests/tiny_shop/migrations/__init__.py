"""Two steps: the tables, and a rebuild of one of them."""
