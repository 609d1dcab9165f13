"""Where a new key is put: each kind of target is one module with a class of these methods."""
