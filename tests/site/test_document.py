"""What programs read."""

import json

import pages
import pytest

from kener.core.days import days
from kener.core.instant import DAY, MINUTE, Instant
from kener.core.status import Status
from kener.core.timeline import Stretch
from kener.site.document import first_instant, history_document
from kener.site.strips import LETTERS
from kener.site.wording import local

STATUS_OF_LETTER = {letter: status for status, letter in LETTERS.items()}


def stretches(document, slug, now: Instant):
    """The history that a browser reads out of the file."""
    found, at = [], document["from"]
    runs = document["services"][slug]
    for letter, length in zip(runs[::2], [*runs[1::2], None], strict=True):
        end = now if length is None else at + length
        found.append(Stretch(at, end, STATUS_OF_LETTER[letter]))
        at = end
    return found


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu", "Pacific/Kiritimati"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_history_gives_the_same_days_in_any_zone(shop, look, zone):
    seen = look()
    document = json.loads(json.dumps(history_document(seen)))
    today = local(seen.at, zone).date()

    for service in seen.services:
        read = days(stretches(document, service.slug, seen.at), zone, today, 90)
        assert read == days(service.stretches, zone, today, 90)


def test_the_history_only_changes_with_a_state_or_the_day(shop, look):
    assert history_document(look(pages.NOW)) == history_document(look(pages.NOW + MINUTE))
    assert first_instant(look(pages.NOW + DAY)) == first_instant(look(pages.NOW)) + DAY


def test_the_history_reaches_beyond_90_days_of_any_zone(shop, look):
    assert look().at - first_instant(look()) >= 91 * DAY


def test_incidents_are_told_by_service(shop, look):
    ongoing, past = history_document(look())["incidents"]

    assert ongoing[1:2] + ongoing[3:] == [None, "Slow checkout <in Europe>", ["checkout"]]
    assert past[4] == ["storefront"]


def test_the_pages_status_is_the_apis(  # noqa: PLR0913, PLR0917 - both sides at one time
    app, client, database, make, read, monkeypatch
):
    with database.write() as session:
        pages.a_shop(session)
    monkeypatch.setattr("kener.api.status.now", lambda: pages.NOW)

    assert json.loads(read(make(), "api/status.json")) == client.get("/api/status").json


def test_a_status_tells_nothing_of_what_is_behind(shop, make, read):
    text = read(make(), "api/status.json")

    assert "127.0.0.1" not in text
    assert json.loads(text)["data"]["monitors"][1]["status"] == Status.DEGRADED
