"""Answers held against the OpenAPI document: nothing it does not tell, and all that it does."""

import json
from functools import cache

from flask import current_app, request
from jsonschema import Draft202012Validator

from kener.api._openapi_whole import VARIABLE, whole


def strict(schema):
    """The same schema; objects have no property that it does not name."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: strict(each) for name, each in schema.items()}
    if isinstance(schema.get("properties"), dict):
        found.setdefault("additionalProperties", False)
    return found


class Book:
    """The document of an application, and validators of what its operations may answer."""

    def __init__(self, app):
        self.document = whole(app)
        self.schemas = strict(self.document["components"]["schemas"])
        self.validator = cache(self._validator)

    def problems(self, path, method, response):
        """What an answer says that the document does not, or leaves out."""
        operation = self.document["paths"].get(path, {}).get(method)
        if operation is None:
            return [f"{method} {path} is not described"]
        status = str(response.status_code)
        if status not in operation["responses"]:
            return [f"{method} {path} answered {status}, which is not described"]
        if status == "304":
            return []
        body = json.loads(response.get_data())
        errors = self.validator(path, method, status).iter_errors(body)
        return [f"{method} {path} {status}: {each.json_path}: {each.message}" for each in errors]

    def _validator(self, path, method, status):
        told = self.document["paths"][path][method]["responses"][status]
        if "$ref" in told:
            told = self.document["components"]["responses"][status]
        schema = told["content"]["application/json"]["schema"]
        return Draft202012Validator({**schema, "components": {"schemas": self.schemas}})


_books = []


def book_of(app):
    """The same for every application: it is made once."""
    if not _books:
        _books.append(Book(app))
    return _books[0]


def problems_of(response):
    """Of the answer to the request at hand, when it is one of the API's operations."""
    rule = request.url_rule
    if (
        rule is None
        or not rule.endpoint.startswith("api.")
        or request.method in {"HEAD", "OPTIONS"}
    ):
        return []
    if rule.endpoint in {"api.nothing_here", "api.show_docs"} or response.status_code == 405:
        return []
    path = VARIABLE.sub(r"{\1}", rule.rule)
    app = current_app._get_current_object()
    return book_of(app).problems(path, request.method.lower(), response)
