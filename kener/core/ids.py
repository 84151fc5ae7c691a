"""Public ids: short, unguessable enough, and never a database key."""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
# Five bits of each random byte: 256 is a multiple of 32, so each letter is as likely as any other.
_LETTERS = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))


def public_id(length: int = 10) -> str:
    """Crockford's base 32 without look-alikes: 50 bits at the default length."""
    return secrets.token_bytes(length).translate(_LETTERS).decode()
