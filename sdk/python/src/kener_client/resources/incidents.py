"""`kener.incidents`, its `updates`, and `kener.incident_templates`"""

from collections.abc import Sequence
from typing import Unpack

from kener_client._calls import Call, Listing, delete, get, post, put, rows
from kener_client._operations import Resource, W, listing, operation
from kener_client.types import (
    AcknowledgeInput,
    Gone,
    Incident,
    IncidentChange,
    IncidentInput,
    IncidentPart,
    IncidentQuery,
    ListQuery,
    Template,
    TemplateChange,
    TemplateInput,
    Update,
    UpdateChange,
    UpdateInput,
)


class Updates(Resource[W]):
    """What is said in an incident."""

    @listing
    def list(self, incident_id: str, **query: Unpack[ListQuery]) -> Listing[Update]:
        """An incident's messages, the newest first."""
        return rows("incidents", incident_id, "updates", **query)

    @operation
    def create(
        self,
        incident_id: str,
        *,
        etag: str | None = None,
        idempotency_key: str | None = None,
        **fields: Unpack[UpdateInput],
    ) -> Call[Incident]:
        """Post a message, with the status that the incident has reached. Gives the incident."""
        return post(
            "incidents",
            incident_id,
            "updates",
            body=fields,
            etag=etag,
            idempotency_key=idempotency_key,
        )

    @operation
    def get(self, incident_id: str, update_id: str) -> Call[Update]:
        """One message."""
        return get("incidents", incident_id, "updates", update_id)

    @operation
    def update(
        self,
        incident_id: str,
        update_id: str,
        *,
        etag: str | None = None,
        **fields: Unpack[UpdateChange],
    ) -> Call[Update]:
        """Change what was said; the incident stands as its newest message says."""
        return put("incidents", incident_id, "updates", update_id, body=fields, etag=etag)

    @operation
    def delete(
        self,
        incident_id: str,
        update_id: str,
        *,
        notify: bool | None = None,
        etag: str | None = None,
    ) -> Call[Gone]:
        """Take a message back, unless it is the only one."""
        return delete("incidents", incident_id, "updates", update_id, etag=etag, notify=notify)


class Incidents(Resource[W]):
    """What visitors are told when something is wrong."""

    updates: Updates[W]

    def __init__(self, way: W) -> None:
        super().__init__(way)
        self.updates = Updates(way)

    @listing
    def list(self, **query: Unpack[IncidentQuery]) -> Listing[Incident]:
        """The incidents that fit, the latest first unless another order is asked for."""
        return rows("incidents", **query)

    @listing
    def pick(self, fields: Sequence[str], **query: Unpack[IncidentQuery]) -> Listing[IncidentPart]:
        """The same list, with only these fields of each incident."""
        return rows("incidents", fields=fields, **query)

    @operation
    def create(
        self, *, idempotency_key: str | None = None, **fields: Unpack[IncidentInput]
    ) -> Call[Incident]:
        """Open an incident with its first message."""
        return post("incidents", body=fields, idempotency_key=idempotency_key)

    @operation
    def get(self, incident_id: str) -> Call[Incident]:
        """One incident, with all its messages."""
        return get("incidents", incident_id)

    @operation
    def update(
        self, incident_id: str, *, etag: str | None = None, **fields: Unpack[IncidentChange]
    ) -> Call[Incident]:
        """Change what is named of title, impact, monitors and times, or publish a draft."""
        return put("incidents", incident_id, body=fields, etag=etag)

    @operation
    def delete(self, incident_id: str, *, etag: str | None = None) -> Call[Gone]:
        """Delete an incident; history is again what the checks saw."""
        return delete("incidents", incident_id, etag=etag)

    @operation
    def acknowledge(
        self, incident_id: str, *, etag: str | None = None, **fields: Unpack[AcknowledgeInput]
    ) -> Call[Incident]:
        """Note that the key's owner has it in hand; a second time changes nothing."""
        return post("incidents", incident_id, "acknowledge", body=fields, etag=etag)

    @operation
    def unacknowledge(self, incident_id: str, *, etag: str | None = None) -> Call[Incident]:
        """Take that back."""
        return delete("incidents", incident_id, "acknowledge", etag=etag)


class IncidentTemplates(Resource[W]):
    """What incidents may begin with."""

    @listing
    def list(self, **query: Unpack[ListQuery]) -> Listing[Template]:
        """Every template, in the order in which they were made."""
        return rows("incident-templates", **query)

    @operation
    def create(
        self, *, idempotency_key: str | None = None, **fields: Unpack[TemplateInput]
    ) -> Call[Template]:
        """Keep what incidents may begin with."""
        return post("incident-templates", body=fields, idempotency_key=idempotency_key)

    @operation
    def get(self, template_id: str) -> Call[Template]:
        """One template."""
        return get("incident-templates", template_id)

    @operation
    def update(
        self, template_id: str, *, etag: str | None = None, **fields: Unpack[TemplateChange]
    ) -> Call[Template]:
        """Change it; fields not named keep their value."""
        return put("incident-templates", template_id, body=fields, etag=etag)

    @operation
    def delete(self, template_id: str, *, etag: str | None = None) -> Call[Gone]:
        """Delete it; incidents that began with it stay as they are."""
        return delete("incident-templates", template_id, etag=etag)
