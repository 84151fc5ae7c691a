"""`python -m kener_client.cli` is `kener`."""

from kener_client.cli import main

main()
