"""Secret fields are sealed at rest, and masked on the way out."""

import pytest

from kener.store import secrets
from kener.store.secrets import SecretLost
from kener.store.settings import (
    MASK,
    mask_settings,
    open_settings,
    seal_settings,
)

SECRET = frozenset({"password", "bearer_token"})
PLAIN = {"url": "https://shop.test", "password": "hunter2", "bearer_token": "", "max_kb": 256}


@pytest.fixture(autouse=True)
def key():
    """A key for this test; whatever key the process had comes back after it."""
    before = secrets._ring
    secrets.configure("k" * 32)
    yield
    secrets._ring = before


def test_only_secrets_that_are_set_are_sealed():
    stored = seal_settings(PLAIN, SECRET)

    assert "hunter2" not in str(stored)
    assert secrets.is_sealed(stored["password"])
    assert {**stored, "password": ""} == {**PLAIN, "password": ""}


def test_what_was_sealed_opens_again():
    assert open_settings(seal_settings(PLAIN, SECRET), SECRET) == PLAIN


def test_the_mask_shows_that_a_secret_is_set_and_not_which():
    assert mask_settings(seal_settings(PLAIN, SECRET), SECRET) == {**PLAIN, "password": MASK}


def test_a_lost_key_names_the_field():
    stored = seal_settings(PLAIN, SECRET)
    secrets.configure("another" * 10)

    with pytest.raises(SecretLost, match=r"^password: "):
        open_settings(stored, SECRET)
