"""The serving side: train a model that fits the data, start the services, talk to them."""
