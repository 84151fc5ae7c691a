"""Public ids: short, unguessable enough, and never a database key."""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def public_id(length: int = 10) -> str:
    """Crockford's base 32 without look-alikes: 50 bits at the default length."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
