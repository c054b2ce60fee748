"""Who works here, who stands in for whom, and who gets a task."""
