"""What is known of each provider's keys, read from one file a provider."""
