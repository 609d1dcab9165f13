"""Who issues keys: each way to speak with a provider about its keys is one module with a class of these methods."""
