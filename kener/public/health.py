"""/healthz: the web server lives. /readyz: so does all that it needs, and if not, what does not."""

from flask import Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from kener import queue
from kener.config import Config
from kener.core.health import Part, publishing_part, results_part
from kener.core.instant import SECOND, Instant
from kener.public import bp
from kener.store.clock import now
from kener.store.health import freshness
from kener.web.address import the_config
from kener.web.database import session


@bp.get("/healthz")
def healthz() -> Response:
    """Alive; asks nobody else."""
    return _fresh(jsonify(status="alive"))


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Database, Redis, results and publishing, each with its facts; 503 names what is wrong."""
    parts = _parts(the_config(), now())
    problems = [part.problem for part in parts.values() if part.problem]
    body = {
        "status": "not ready" if problems else "ready",
        "problems": problems,
        "parts": {name: part.shown() for name, part in parts.items()},
    }
    return _fresh(jsonify(body)), 503 if problems else 200


def _parts(config: Config, at: Instant) -> dict[str, Part]:
    redis = Part() if queue.answers() else Part("Redis does not answer.")
    try:
        facts = freshness(session(), at)
    except SQLAlchemyError:
        return {"database": Part("The database does not answer."), "redis": redis}
    return {
        "database": Part(),
        "redis": redis,
        "results": results_part(facts, at),
        "publishing": publishing_part(facts, config.publish_every * SECOND, at),
    }


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
