"""The least that does the same work: what the bot's figures are divided by."""
