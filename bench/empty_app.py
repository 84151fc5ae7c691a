"""An empty Flask view under the very server, and the settings, that serve Kener: the yardstick of
its API. `python -m bench.empty_app`; prints its port.
"""

from flask import Flask

from bench.measure import a_free_port
from kener.config import load
from kener.supervisor.web import serve


def make_app() -> Flask:
    """An application with one view that does nothing."""
    app = Flask("empty")

    @app.get("/")
    def nothing() -> str:
        return ""

    return app


if __name__ == "__main__":
    port = a_free_port()
    print(port, flush=True)
    serve(load(port=port), make_app)
