"""What may be set of the steps check."""

import pytest
from checks.of_steps import check, say, take
from checks.servers import HttpServer, ok

from kener.checks.steps import StepsCheck
from kener.core.errors import Invalid
from kener.core.status import Status


def test_plain_variables_may_stand_anywhere_in_an_address(probe):
    with HttpServer(ok()) as server:
        made = check({"url": "{{ base }}/a"}, {"url": "{{base}}/b"}, variables=f"base={server.url}")
        outcome = probe(made)

    assert outcome.status is Status.UP
    assert [each.path for each in server.received] == ["/a", "/b"]
    assert made.target() == f"{server.url}/a and 1 more"
    assert made.server() == ("127.0.0.1", server.port)


def test_another_server_in_any_step_is_another_destination():
    first, second, third = (
        check({"url": "http://a.test/x"}, {"url": f"http://{each}.test/"}) for each in "bbc"
    )

    assert first.destination() == second.destination()
    assert first.destination() != third.destination()


GOOD = {"url": "http://a.test/"}


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"steps": []}, "steps"),
        ({"steps": [GOOD] * 21}, "steps"),
        ({"steps": [{}]}, "steps.0.url"),
        ({"steps": [GOOD | {"url": "ftp://a.test"}]}, "steps"),
        ({"steps": [GOOD | {"url": "http://{{ host }}/"}]}, "steps"),
        ({"steps": [GOOD | {"url": "http://a.test{{ path }}"}]}, "steps"),
        ({"steps": [GOOD | {"url": "http://a.test:{{ port }}/"}]}, "steps"),
        ({"steps": [GOOD | {"url": "{{ url }}"}]}, "steps"),
        ({"steps": [GOOD | {"url": "http://a.test/{{ x }}"}]}, "steps"),
        ({"steps": [GOOD | {"url": "{{ u }}"}], "secret_variables": "u=http://a.test"}, "steps"),
        ({"steps": [GOOD | {"url": "http://a.test/{{ secret.X }}"}]}, "steps.0.url"),
        ({"steps": [GOOD | {"name": "{{ secret.X }}"}]}, "steps.0.name"),
        ({"steps": [GOOD | {"assertions": [say("body", "equals", "{{ secret.X }}")]}]},
         "steps.0.assertions"),
        ({"steps": [GOOD | {"assertions": [say("rcode", "equals", 1)]}]}, "steps.0.assertions.0"),
        ({"steps": [GOOD | {"headers": "X-{{ a }}: b"}]}, "steps.0.headers"),
        ({"steps": [GOOD | {"headers": "X: {{ a }}"}]}, "steps"),
        ({"steps": [GOOD | {"body_type": "json", "body": "{"}]}, "steps.0.body"),
        ({"steps": [GOOD | {"captures": [take("a b", "body")]}]}, "steps.0.captures.0.name"),
        ({"steps": [GOOD | {"captures": [take("a", "size")]}]}, "steps.0.captures.0.source"),
        ({"steps": [GOOD | {"captures": [take("a", "json:$..x")]}]}, "steps.0.captures.0.source"),
        ({"steps": [GOOD | {"captures": [take("a", "regex:(")]}]}, "steps.0.captures.0.source"),
        ({"steps": [GOOD | {"captures": [take("a", "body")]}], "variables": "a=b"}, "steps"),
        ({"steps": [GOOD], "variables": "no value"}, "variables"),
        ({"steps": [GOOD], "variables": "a b=c"}, "variables"),
        ({"steps": [GOOD], "variables": "a=b\na=c"}, "variables"),
        ({"steps": [GOOD], "variables": "a={{ b }}"}, "variables"),
        ({"steps": [GOOD], "variables": "a=b", "secret_variables": "a=c"}, "secret_variables"),
        ({"steps": [GOOD | {"method": "TRACE"}]}, "steps.0.method"),
    ],
)  # fmt: skip
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        StepsCheck.parse(settings)

    assert list(refused.value.problems) == [field]


def test_a_variable_is_known_only_after_the_step_that_captures_it():
    capture = GOOD | {"captures": [take("id", "body")]}
    use = {"url": "http://a.test/{{ id }}"}

    check(capture, use)
    with pytest.raises(Invalid) as refused:
        check(use, capture)
    assert str(refused.value.problems["steps"]) == (
        "step 1 uses {{ id }}, which nothing before it sets"
    )


def test_stored_secrets_may_stand_in_headers_bodies_and_secret_variables():
    made = check(
        GOOD
        | {"headers": "X: {{ secret.A }}", "body": '{"a": {{ secret.B }}}'}
        | {"body_type": "json"},
        secret_variables="key={{ secret.C }}",
    )

    assert made.reference_fields() >= {"steps", "secret_variables"}
    assert StepsCheck.secret_fields() == {"secret_variables", "client_key", "proxy_password"}
    assert StepsCheck.parse(made.settings()) == made
