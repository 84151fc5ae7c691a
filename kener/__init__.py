"""Kener watches services, keeps their history, and publishes a status page that tells the truth."""

__version__ = "0.1.0"
