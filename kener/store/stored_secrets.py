"""Questions about the secrets that settings refer to by name."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kener.core.errors import NotFound
from kener.store.secrets import SecretLost, unseal
from kener.store.tables import Secret
from kener.store.webhooks import Part


class Values(Mapping[str, str]):
    """Secrets by their names, opened when they are looked up: SecretLost names the one that is
    not there, or cannot be read."""

    def __init__(self, sealed: Mapping[str, str]) -> None:
        self._sealed = sealed

    def __getitem__(self, name: str) -> str:
        if name not in self._sealed:
            raise SecretLost(f"there is no secret {name}: store it, or take it out of the settings")
        try:
            return unseal(self._sealed[name])
        except SecretLost as lost:
            raise SecretLost(f"the secret {name}: {lost.message}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._sealed)

    def __len__(self) -> int:
        return len(self._sealed)


def values_of(session: Session, names: Collection[str]) -> Values:
    """The secrets of these names, in one query; in none when there are no names."""
    if not names:
        return Values({})
    rows = session.execute(
        select(Secret.name, Secret.value_sealed).where(Secret.name.in_(sorted(names)))
    )
    return Values({row.name: row.value_sealed for row in rows})


def all_values(session: Session) -> Values:
    """Every secret, in one query: for lists, whose settings are opened one by one."""
    rows = session.execute(select(Secret.name, Secret.value_sealed))
    return Values({row.name: row.value_sealed for row in rows})


def all_secrets(session: Session) -> Sequence[Secret]:
    """Every secret, by name."""
    return session.scalars(select(Secret).order_by(Secret.name)).all()


def secret_named(session: Session, name: str, *, anew: bool = False) -> Secret | None:
    """The secret of this name, if there is one; `anew`: as it is now, also when it is known."""
    named = select(Secret).where(Secret.name == name)
    return session.scalars(named.execution_options(populate_existing=anew)).first()


def find_secret(session: Session, name: str) -> Secret:
    """The same; NotFound when there is none."""
    found = secret_named(session, name)
    if found is None:
        raise NotFound("There is no such secret.")
    return found


def part_of_secrets(session: Session, after_id: int, limit: int) -> Part[Secret]:
    """Secrets in the order of their making, from after a key."""
    total = session.scalar(select(func.count()).select_from(Secret)) or 0
    rows = session.scalars(
        select(Secret).where(Secret.id > after_id).order_by(Secret.id).limit(limit + 1)
    ).all()
    more = len(rows) > limit
    return Part(rows[:limit], rows[limit - 1].id if more else None, total)
