"""One small coroutine per word that people say."""
