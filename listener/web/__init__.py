"""Routes only: read the request, ask, answer."""
