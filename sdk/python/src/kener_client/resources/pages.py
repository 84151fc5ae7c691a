"""`kener.pages`"""

from typing import Unpack

from kener_client._calls import Call, Listing, delete, get, post, put, rows
from kener_client._operations import Resource, W, listing, operation
from kener_client.types import Gone, ListQuery, Page, PageChange, PageInput, PageSummary


class Pages(Resource[W]):
    """Status pages. A `page_id` is an id or a slug."""

    @listing
    def list(self, **query: Unpack[ListQuery]) -> Listing[PageSummary]:
        """Every page, without its sections."""
        return rows("pages", **query)

    @operation
    def create(
        self, *, idempotency_key: str | None = None, **fields: Unpack[PageInput]
    ) -> Call[Page]:
        """Add a page."""
        return post("pages", body=fields, idempotency_key=idempotency_key)

    @operation
    def get(self, page_id: str) -> Call[Page]:
        """One page, with its sections."""
        return get("pages", page_id)

    @operation
    def update(
        self, page_id: str, *, etag: str | None = None, **fields: Unpack[PageChange]
    ) -> Call[Page]:
        """Change the fields that are named; the others keep their value."""
        return put("pages", page_id, body=fields, etag=etag)

    @operation
    def delete(self, page_id: str, *, etag: str | None = None) -> Call[Gone]:
        """Delete a page, unless it is the default one."""
        return delete("pages", page_id, etag=etag)
