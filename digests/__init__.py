"""What a digest is and how every page looks."""
