"""OpenAI's admin API, through OpenAI's own package; nothing else in KeyGuard imports that."""
