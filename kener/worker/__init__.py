"""What runs when nobody is asking: checks, other jobs, and the ticker that keeps them going."""
