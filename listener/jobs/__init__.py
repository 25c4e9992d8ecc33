"""The work itself, a verb a file: what the daemon repeats and the command line runs once."""
