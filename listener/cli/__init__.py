"""Words in, words out, exit codes: a verb a file."""
