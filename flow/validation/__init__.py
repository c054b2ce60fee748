"""What would strand a case or mislead a reader, found before publishing: soundness, forks, coverage. Pure."""
