"""/api/incident-templates: what incidents may begin with."""

from flask import Response, g

from kener.actions.incident_templates import (
    TemplateFields,
    create_template,
    delete_template,
    edit_template,
)
from kener.api import bp
from kener.api._answers import done, listed
from kener.api._incident import TemplateChange, TemplateDocument, template_document
from kener.api._input import ListQuery, body, cursor_of, expected_version, keys_of
from kener.api._keys import needs
from kener.api._shapes import Answer, Gone, ListAnswer
from kener.api._tags import unchanged
from kener.store.clock import now
from kener.store.incident_templates import find_template, slice_of_templates
from kener.web.database import session

ONE = Answer[TemplateDocument]


@bp.get("/incident-templates")
@needs("read:incidents", takes=ListQuery, gives=ListAnswer[TemplateDocument])
def list_templates() -> Response:
    """Every template, in the order in which they were made."""
    asked: ListQuery = g.parameters
    (after,) = keys_of(asked.cursor, 1) or (0,)
    part = slice_of_templates(session(), after, asked.limit)
    return listed(
        [template_document(each) for each in part.rows],
        limit=asked.limit,
        following=None if part.next_id is None else cursor_of(part.next_id),
        total=part.total,
    )


@bp.post("/incident-templates")
@needs("write:incidents", sent=TemplateFields, gives={201: ONE})
def add_template() -> Response:
    """Keep what incidents may begin with."""
    given = body()
    template = create_template(session(), given, now(), exact=True)
    session().commit()
    response = done(template_document(template), "Template created", 201)
    response.headers["Location"] = f"/api/incident-templates/{template.public_id}"
    return response


@bp.get("/incident-templates/<template_id>")
@needs("read:incidents", gives=ONE)
def show_template(template_id: str) -> Response:
    """One template."""
    return done(template_document(find_template(session(), template_id)))


@bp.put("/incident-templates/<template_id>")
@needs("write:incidents", sent=TemplateChange, gives=ONE)
def change_template(template_id: str) -> Response:
    """Change it; fields not named keep their value."""
    given = body()
    version = expected_version(given)
    template = find_template(session(), template_id)
    unchanged(template)
    edit_template(session(), template, given, now(), version, exact=True)
    session().commit()
    return done(template_document(template), "Template updated")


@bp.delete("/incident-templates/<template_id>")
@needs("delete:incidents", gives=Answer[Gone])
def remove_template(template_id: str) -> Response:
    """Delete it; incidents that began with it stay as they are."""
    template = find_template(session(), template_id)
    unchanged(template)
    delete_template(session(), template)
    session().commit()
    return done({"id": template_id}, "Template deleted")
