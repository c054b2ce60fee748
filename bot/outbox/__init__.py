"""What is said and done outside: rows claimed, drawn, delivered."""
