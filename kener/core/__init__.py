"""Decisions. Standard library only, no I/O, and the clock is an argument."""
