"""One process that starts all others, starts them again when they die, and takes them along."""
