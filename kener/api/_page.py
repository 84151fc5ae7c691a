"""What the API shows of a status page."""

from collections.abc import Sequence
from typing import Any

from kener.actions.page_fields import full_look
from kener.actions.page_sections import as_given
from kener.core.instant import iso
from kener.store.pages import Listed
from kener.store.tables import Page


def page_summary(page: Page) -> dict[str, Any]:
    """A page as lists show it: without its sections."""
    return {
        "id": page.public_id,
        "slug": page.slug,
        "title": page.title,
        "description": page.description,
        "language": page.language,
        "time_zone": page.time_zone,
        "look": full_look(page.look),
        "visibility": page.visibility.value,
        "is_default": page.is_default,
        "everything": page.everything,
        "version": page.version,
        "created_at": iso(page.created_at),
        "updated_at": iso(page.updated_at),
    }


def page_document(page: Page, listed: Sequence[Listed]) -> dict[str, Any]:
    """All of it; `sections` as they may be sent back."""
    return page_summary(page) | {"sections": as_given(listed)}
