"""Small servers that hand out given posts in one protocol each, over a real socket."""
