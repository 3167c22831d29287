"""The embeddable page: its channel, and the files that a browser loads (source of the script: `web/`)."""
