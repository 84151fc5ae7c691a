"""An assertion of a check, in one line."""


def that(source, op, value, **more):
    return {"source": source, "op": op, "value": value, **more}
