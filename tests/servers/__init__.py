"""Real server programs, started and stopped by the tests."""
