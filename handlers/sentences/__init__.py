"""What a message means that is no plain command: taken apart, read, guessed at, and carried out by the commands."""
