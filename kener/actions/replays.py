"""Doing a thing once, however often it is asked for: the answers of a day, by what was asked."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from kener.core.errors import Conflict
from kener.core.instant import DAY, Instant
from kener.store.replays import replay_of, wait_for_turn
from kener.store.secrets import SecretLost, seal, unseal
from kener.store.tables import Replay

KEPT = DAY
"""How long an answer can be asked for again."""
PATIENCE = 3000
"""Milliseconds to wait for somebody who is doing the same thing at this moment."""


class OtherBody(Conflict):
    """The same key came with another body before."""


class StillAtWork(Conflict):
    """The same is being done at this moment."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done once: `name` says which wish it is, `body` what is wished for. Hashes."""

    name: str
    body: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, word for word."""

    status: int
    headers: Mapping[str, str]
    body: str


def wish_of(asker: str, path: str, key: str, body: bytes) -> Wish:
    """The wish of an asker's request: the path and the key are its name."""
    name = json.dumps([asker, path, key]).encode()
    return Wish(hashlib.sha256(name).hexdigest(), hashlib.sha256(body).hexdigest())


def recall(session: Session, wish: Wish, now: Instant) -> Answer | None:
    """What was answered to this wish within a day; None: it is to be done now, and nobody else can
    begin with it until this transaction ends.

    To be called first of all in a transaction that writes. OtherBody when the name was given to
    another wish before, StillAtWork when somebody is at it for too long, Conflict when it was done
    but the answer cannot be read any more.
    """
    if not wait_for_turn(session, wish.name, PATIENCE):
        raise StillAtWork("The same request is at work already. Ask again in a moment.")
    found = replay_of(session, wish.name)
    if found is None or found.answered_at <= now - KEPT:
        return None
    if found.body_hash != wish.body:
        raise OtherBody("This Idempotency-Key was sent with another body before. Choose a new one.")
    try:
        return Answer(**json.loads(unseal(found.answer_sealed)))
    except SecretLost:
        raise Conflict("This was done already, but its answer can no longer be read.") from None


def remember(session: Session, wish: Wish, answer: Answer, now: Instant) -> None:
    """Keep what is answered to a wish, in the transaction in which it is done."""
    sealed = seal(json.dumps(asdict(answer)))
    session.merge(
        Replay(wish_hash=wish.name, body_hash=wish.body, answer_sealed=sealed, answered_at=now)
    )
    session.flush()
