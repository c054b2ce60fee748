"""What would strand a case or mislead a reader, found before publishing: reachability, forks, soundness, coverage. Pure."""
