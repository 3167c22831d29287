"""The guard that every message passes, and one module a channel."""
