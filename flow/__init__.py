"""The business: the engine that interprets flow definitions, its rules, its one writer, and the numbers."""
