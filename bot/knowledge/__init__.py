"""The curated knowledge base: its model, its checks, the import of a document, and selection."""
