"""Settings of checks and channels at rest: secret fields sealed inside, masked on the way out.

The caller names the secret fields, for the tables know nothing of kinds. An empty secret stays
empty: there is nothing to protect, and nothing that could be lost. So does one that is only a
reference to a stored secret, like `{{ secret.NAME }}`: people may see which one is used.
"""

from collections.abc import Collection, Mapping
from typing import Any

from kener.core.references import is_reference
from kener.store.secrets import SecretLost, seal, unseal

MASK = "***"


def seal_settings(settings: Mapping[str, Any], secret_fields: Collection[str]) -> dict[str, Any]:
    """Plain settings as they may be stored."""
    return {
        name: seal(value) if name in secret_fields and _holds_secret(value) else value
        for name, value in settings.items()
    }


def open_settings(stored: Mapping[str, Any], secret_fields: Collection[str]) -> dict[str, Any]:
    """Stored settings in plain text; SecretLost names the first field that cannot be read."""
    return {
        name: _opened(name, value) if name in secret_fields and _holds_secret(value) else value
        for name, value in stored.items()
    }


def mask_settings(stored: Mapping[str, Any], secret_fields: Collection[str]) -> dict[str, Any]:
    """Stored settings as anybody may see them: `***` stands for a secret that is set."""
    hidden = [name for name in secret_fields if stored.get(name) and _holds_secret(stored[name])]
    return {**stored, **dict.fromkeys(hidden, MASK)}


def _holds_secret(value: Any) -> bool:
    return bool(value) and not is_reference(value)


def _opened(name: str, value: str) -> str:
    try:
        return unseal(value)
    except SecretLost as lost:
        raise SecretLost(f"{name}: {lost.message}") from None
