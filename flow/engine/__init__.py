"""What a definition does to a case: one step, the verbs, signatures, waits, counting. Pure: no clock, no database."""
