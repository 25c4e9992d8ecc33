"""The invented exercise that the demo listens to."""
