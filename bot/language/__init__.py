"""Rasa graph components and the spaCy pipeline, whose words come from the knowledge base."""
