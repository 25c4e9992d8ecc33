"""The service: jobs, command line, daemon and web."""
