"""What a provider's own API says of a key and does to it, as its file states it; nothing here sends anything."""
