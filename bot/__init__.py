"""The Calciphylaxis Assistant: knowledge, language, channels and serving, one package a room."""
