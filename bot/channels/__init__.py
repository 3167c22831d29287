"""The guard that every message passes, and one module a channel."""

MODEL_VARIABLE = "BOT_MODEL"
"""Environment variable: name of the model that reads; set by whatever starts the services."""
