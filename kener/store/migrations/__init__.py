"""Alembic's folder: env.py, and one file a revision. `kener.store.migrate` runs them."""
