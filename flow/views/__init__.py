"""A case as cards and pages show it: for the staff, for the customer. Reads only."""
