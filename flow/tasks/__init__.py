"""Work in people's hands: assigned, seated, handed over, snoozed, vacated."""
