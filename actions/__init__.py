"""Custom actions: read the tracker, call a plain function, say its answer, note what was said."""
