"""Pure: posts in, values out. No clock, no network, no file."""
