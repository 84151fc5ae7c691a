"""The owner's account, and signing in and out.

A password is kept as an argon2id hash, a sign-in's token as a SHA-256 hash: the database alone
lets nobody in.
"""

import hmac
import os
import re
import secrets
import tempfile
import unicodedata
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kener.config import Config
from kener.core.errors import Conflict, Forbidden, Invalid
from kener.core.instant import DAY, MINUTE, Instant
from kener.store.members import any_member, member_by_email, valid_sign_in
from kener.store.tables import Member, Page, SignIn

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 1024
LONGEST_EMAIL = 254
WRONG = "The e-mail address or the password is wrong."
SPENT = "This Kener has an owner already. Sign in instead."

# 19 MiB, two rounds, one lane: what OWASP asks for at least. More memory would let a few
# strangers with wrong passwords exhaust a small machine.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in from, as they will recognise it in the list of sessions."""

    address: str = ""
    agent: str = ""


def first_run_token(config: Config, session: Session) -> str | None:
    """What the first owner must bring, kept in the data folder; None once there is a member."""
    path = config.data_dir.absolute() / "first-run.token"
    if any_member(session):
        path.unlink(missing_ok=True)
        return None
    if not path.exists():
        _keep(path, secrets.token_urlsafe(24))
    return path.read_text().strip()


def is_first_run_token(config: Config, session: Session, given: str) -> bool:
    """Whether `given` is the token. Takes the same time however much of it is right."""
    token = first_run_token(config, session)
    return token is not None and hmac.compare_digest(token.encode(), given.encode())


def create_owner(  # noqa: PLR0913 - an account is made of these
    session: Session,
    email: str,
    password: str,
    now: Instant,
    name: str = "",
    *,
    another: bool = False,
) -> Member:
    """The owner's account. `another` allows one more where there is an owner already.

    Invalid names the bad fields; Conflict says that somebody was faster.
    """
    email = normal_email(email)
    problems = _email_problems(email) | _password_problems(password)
    if len(name.strip()) > 120:
        problems["name"] = "Use at most 120 characters."
    if problems:
        raise Invalid(problems)
    # Whoever holds the page's row decides alone: two first runs at once must not both succeed.
    session.scalars(select(Page.id).with_for_update()).all()
    if not another and any_member(session):
        raise Conflict(SPENT)
    if member_by_email(session, email):
        raise Conflict(f"There is an account for {email} already.")
    member = Member(email=email, name=name.strip(), password_hash=_hash(password), created_at=now)
    session.add(member)
    session.flush()
    return member


def set_password(session: Session, member: Member, password: str) -> None:
    """A new password; whoever is signed in with the old one is signed out everywhere."""
    problems = _password_problems(password)
    if problems:
        raise Invalid(problems)
    member.password_hash = _hash(password)
    session.execute(delete(SignIn).where(SignIn.member_id == member.id))


def authenticate(session: Session, email: str, password: str) -> Member:
    """The member with this address and password; else Forbidden, always alike and as slow.

    Reads only: hashing takes its time, and nobody else should have to wait for the lock.
    """
    member = member_by_email(session, normal_email(email))
    nobody = _nobody()
    fits = _verify(member.password_hash if member else nobody, password)
    if member is None or not fits:
        raise Forbidden(WRONG)
    return member


def renew_hash(member: Member, password: str) -> None:
    """Hash a password that was just proved again, if we hash more carefully than we used to."""
    if _hasher.check_needs_rehash(member.password_hash):
        member.password_hash = _hash(password)


def sign_in(session: Session, member: Member, days: int, now: Instant, browser: Browser) -> str:
    """Sign a member in for some days. Returns the new token: only they have it from now on."""
    session.execute(delete(SignIn).where(SignIn.expires_at <= now))
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=token_hash(token),
            member_id=member.id,
            created_at=now,
            seen_at=now,
            expires_at=now + days * DAY,
            address=browser.address[:64],
            agent=browser.agent[:200],
        )
    )
    session.flush()
    return token


def sign_out(session: Session, token: str) -> None:
    """End one sign-in; one that is over already is fine."""
    session.execute(delete(SignIn).where(SignIn.token_hash == token_hash(token)))


def end_sign_in(session: Session, member: Member, reference: str) -> None:
    """End the sign-in of a member whose `reference` this is; one that is over is fine."""
    theirs = select(SignIn.token_hash).where(SignIn.member_id == member.id)
    for each in session.scalars(theirs).all():
        if reference_of(each) == reference:
            session.execute(delete(SignIn).where(SignIn.token_hash == each))


def end_other_sign_ins(session: Session, member: Member, token: str) -> int:
    """End all of a member's sign-ins but this one; returns how many."""
    others = delete(SignIn).where(
        SignIn.member_id == member.id, SignIn.token_hash != token_hash(token)
    )
    return int(session.execute(others).rowcount)  # type: ignore[attr-defined]


def sign_in_of(session: Session, token: str, now: Instant) -> SignIn | None:
    """The valid sign-in of a token, with its member. Reads only."""
    return valid_sign_in(session, token_hash(token), now) if token else None


def member_of(session: Session, token: str, now: Instant) -> Member | None:
    """Who holds this token, or None. Reads only."""
    found = sign_in_of(session, token, now)
    return found.member if found else None


def is_stale(sign_in: SignIn, now: Instant) -> bool:
    """Whether "last seen" is worth a write: at most once a minute."""
    return now - sign_in.seen_at >= MINUTE


def touch(sign_in: SignIn, now: Instant) -> None:
    """The sign-in was used now."""
    sign_in.seen_at = max(sign_in.seen_at, now)


def token_hash(token: str) -> str:
    """What the database knows of a token. It is random and long, so a plain hash is enough."""
    return sha256(token.encode()).hexdigest()


def reference_of(hashed: str) -> str:
    """A name for a sign-in that may stand in a page: it leads back to neither token nor hash."""
    return sha256(b"reference " + hashed.encode()).hexdigest()[:16]


def _keep(path: Path, text: str) -> None:
    """Write a new file whole, readable by us alone; if another process was faster, theirs stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".first-run-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text + "\n")
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()


def normal_email(email: str) -> str:
    """The one form in which an address is kept, looked up, and counted."""
    return unicodedata.normalize("NFKC", email).strip().lower()


def _email_problems(email: str) -> dict[str, str]:
    if len(email) <= LONGEST_EMAIL and re.fullmatch(r"[^@\s]+@[^@\s]+\.?[^@\s]*", email):
        return {}
    return {"email": "Enter an e-mail address, like you@example.org."}


def _password_problems(password: str) -> dict[str, str]:
    if len(password) < SHORTEST_PASSWORD:
        return {"password": f"Use at least {SHORTEST_PASSWORD} characters."}
    if len(password) > LONGEST_PASSWORD:
        return {"password": f"Use at most {LONGEST_PASSWORD} characters."}
    return {}


def _hash(password: str) -> str:
    return _hasher.hash(_bytes(password))


def _verify(password_hash: str, password: str) -> bool:
    # What is too long was never accepted as a password, and is not worth hashing.
    try:
        return _hasher.verify(password_hash, _bytes(password[: LONGEST_PASSWORD + 1]))
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    """The same password typed on another keyboard is the same password."""
    return unicodedata.normalize("NFKC", password).encode()


@cache
def _nobody() -> str:
    """A hash that fits no password, to be as slow about an unknown account as about a known one."""
    return _hash(secrets.token_urlsafe(32))
