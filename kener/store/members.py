"""Questions about people: who they are, and in which browsers they are signed in."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from kener.core.instant import Instant
from kener.store.tables import Member, SignIn


def any_member(session: Session) -> bool:
    """False on a new installation, until its owner has come."""
    return bool(session.scalar(select(exists().where(Member.id.is_not(None)))))


def member_by_email(session: Session, email: str) -> Member | None:
    """The member with this address, which is to be in lower case already."""
    return session.scalar(select(Member).where(Member.email == email))


def valid_sign_in(session: Session, token_hash: str, now: Instant) -> SignIn | None:
    """The sign-in with its member, unless it has run out or never was."""
    found = select(SignIn).where(SignIn.token_hash == token_hash, SignIn.expires_at > now)
    return session.scalar(found.options(joinedload(SignIn.member)))


def sign_ins_of(session: Session, member: Member, now: Instant) -> Sequence[SignIn]:
    """A member's valid sign-ins, the one used last first."""
    found = select(SignIn).where(SignIn.member_id == member.id, SignIn.expires_at > now)
    return session.scalars(found.order_by(SignIn.seen_at.desc(), SignIn.token_hash)).all()
