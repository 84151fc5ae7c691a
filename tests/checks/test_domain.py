"""The domain check, against a registry of our own."""

import json

import pytest
from checks.of_domain import answer, in_days, look, registry
from checks.servers import ok, to

from kener.checks import Cached, ProbeJob
from kener.checks.domain import DomainCheck
from kener.core.errors import Invalid
from kener.core.instant import DAY, iso
from kener.core.outcome import Reason
from kener.core.status import Status

__all__ = ["look", "registry"]


def test_a_registration_that_lasts_is_up_with_what_the_registry_tells(registry, look):
    registry.said = answer(in_days(look, 100.5))
    outcome = look()

    assert outcome.status is Status.UP, outcome
    assert outcome.facts == {
        "domain": "example.test",
        "asked_at": iso(look.now),
        "expires_at": in_days(look, 100.5),
        "days": 100,
        "registrar": "Names Inc.",
        "statuses": ["client transfer prohibited"],
        "nameservers": ["ns1.example.test", "ns2.example.test"],
    }
    assert registry.asked == ["/rdap/domain/example.test"]
    assert "application/rdap+json" in registry.received[-1].headers["accept"]


@pytest.mark.parametrize(
    ("days", "status", "detail"),
    [
        (30.1, Status.UP, ""),
        (29.9, Status.DEGRADED, "the registration ends in 29 days"),
        (7.1, Status.DEGRADED, "the registration ends in 7 days"),
        (6.9, Status.DOWN, "the registration ends in 6 days; 7 are needed"),
        (1.5, Status.DOWN, "the registration ends in 1 day; 7 are needed"),
        (-0.5, Status.DOWN, "the registration ended 1 day ago"),
    ],
)
def test_the_days_left_decide(registry, look, days, status, detail):
    registry.said = answer(in_days(look, days))
    outcome = look()

    assert (outcome.status, outcome.detail) == (status, detail)
    assert outcome.reason is (None if status is Status.UP else Reason.EXPIRING)


def test_a_name_that_is_about_to_be_given_away_is_down(registry, look):
    registry.said = answer(in_days(look, 300), status=["pending delete", "redemption period"])

    outcome = look()
    assert (outcome.status, outcome.detail) == (
        Status.DOWN,
        "the registration is lost: pending delete",
    )


def test_a_registry_that_does_not_tell_the_end_leaves_it_unknown(registry, look):
    registry.said = answer(None)
    outcome = look()

    assert (outcome.status, outcome.reason) == (Status.UNKNOWN, Reason.NOT_SUPPORTED)
    assert outcome.detail == "the registry does not tell when the registration ends"


def test_a_name_that_is_not_registered_is_down(registry, look):
    registry.said = ok("{}", "404 Not Found")

    assert look().detail == "example.test is not registered"
    host = look(DomainCheck.parse({"domain": "www.example.test"}))
    assert (host.status, host.reason) == (Status.DOWN, Reason.MISMATCH)
    assert "enter the domain that it is in" in host.detail


def test_an_answer_is_believed_for_a_day_without_asking(registry, look):
    registry.said = answer(in_days(look, 100))
    first = look()
    again = look(cached=Cached(first.facts, look.now))

    assert again == first
    assert len(registry.asked) == 1


@pytest.mark.parametrize(
    "changed", [{"domain": "other.test"}, {"asked_at": "soon"}, {"asked_at": None}]
)
def test_an_answer_that_is_not_of_this_name_or_makes_no_sense_is_not_believed(
    registry, look, changed
):
    registry.said = answer(in_days(look, 100))
    facts = look().facts | changed
    look(cached=Cached(facts, look.now))

    assert len(registry.asked) == 2


def test_after_a_day_the_registry_is_asked_again(registry, look):
    registry.said = answer(in_days(look, 400))
    facts = {"domain": "example.test", "asked_at": iso(look.now - DAY), "expires_at": iso(look.now)}

    assert look(cached=Cached(facts, look.now)).facts["days"] == 400


def test_redirects_are_followed_but_not_for_ever(registry, look):
    there = answer(in_days(look, 100))
    registry.said = lambda request: (
        there if request.path.endswith("/there") else to(f"{registry.url}/there")
    )
    assert look().status is Status.UP
    registry.said = lambda _: to(f"{registry.url}/round")
    assert look().detail.endswith("more than 5 redirects")


def test_the_list_of_registries_is_read_once_however_many_ask(registry, look):
    registry.said = answer(in_days(look, 100))
    jobs = [
        ProbeJob(DomainCheck.parse({"domain": f"name{number}.test"}), 5.0) for number in range(20)
    ]
    outcomes = look.prober.all(jobs)

    assert {each.status for each in outcomes} == {Status.UP}
    assert len(registry.received) - len(registry.asked) == 1


def test_the_longest_ending_that_is_listed_is_asked(registry, look):
    registry.list = {
        "services": [[["test"], ["http://127.0.0.1:1/"]], [["co.test"], [f"{registry.url}/co/"]]]
    }
    registry.said = answer(in_days(look, 100))
    look(DomainCheck.parse({"domain": "example.co.test"}))

    assert registry.asked == ["/co/domain/example.co.test"]


@pytest.mark.parametrize(
    "odd",
    [
        {"events": "none"},
        {"events": [5, {"eventAction": "expiration"}, {"eventAction": "expiration"}]},
        {"events": [{"eventAction": "expiration", "eventDate": "soon"}]},
        {"events": [{"eventAction": "expiration", "eventDate": 2_000_000_000}]},
        {"events": [{"eventAction": "expiration", "eventDate": "9999-12-31T23:59:59-23:00"}]},
        {"events": [{"eventAction": "expiration", "eventDate": "0001-01-01T00:00:00+23:00"}]},
    ],
)
def test_dates_that_make_no_sense_are_none(registry, look, odd):
    registry.said = answer(None, **odd)

    assert look().detail == "the registry does not tell when the registration ends"


@pytest.mark.parametrize(
    "odd",
    [
        {"entities": [5, {"roles": "registrar"}, {"roles": ["registrar"], "vcardArray": [1, 2]}]},
        {"entities": [{"roles": ["registrar"], "vcardArray": ["vcard", [[], ["fn", 1, 2, [3]]]]}]},
        {"nameservers": [None, {"ldhName": 5}, {}], "status": [None, {}, ["x"]]},
        {"nameservers": {}, "status": "active", "entities": None},
    ],
)
def test_what_a_registry_makes_up_breaks_nothing(registry, look, odd):
    registry.said = answer(in_days(look, 100), **odd)

    assert look().status is Status.UP


def test_what_is_kept_of_an_answer_is_bounded(registry, look):
    many = {"status": ["x" * 10_000] * 500, "nameservers": [{"ldhName": "y" * 10_000}] * 500}
    registry.said = answer(in_days(look, 100), **many)

    assert len(json.dumps(look().facts)) < 10_000


@pytest.mark.parametrize("date", ["2099-01-01T00:00:00Z", "2099-01-01T00:00:00.0Z", "2099-01-01"])
def test_dates_are_read_as_registries_write_them(registry, look, date):
    registry.said = answer(date)

    assert look().facts["expires_at"] == "2099-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "domain"),
        ({"domain": "localhost"}, "domain"),
        ({"domain": "192.0.2.1"}, "domain"),
        ({"domain": "https://example.org"}, "domain"),
        ({"domain": "example.org/../x"}, "domain"),
        ({"domain": "example.org", "degraded_days": 400}, "degraded_days"),
        ({"domain": "example.org", "degraded_days": 5, "down_days": 6}, "down_days"),
    ],
)
def test_bad_settings_are_named(settings, field):
    with pytest.raises(Invalid) as refused:
        DomainCheck.parse(settings)

    assert list(refused.value.problems) == [field]


def test_names_of_other_languages_are_asked_for_in_ascii():
    check = DomainCheck.parse({"domain": "Bücher.example."})

    assert check.domain == check.target() == "xn--bcher-kva.example"
    assert DomainCheck.needs == {"cache"}
