"""What people say and tap, and what it means: one small coroutine per verb."""
