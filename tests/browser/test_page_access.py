"""Every page of the site as axe sees it, in light and dark, on a phone, and from right to left."""

import pytest
from browser.host import browser, host, put, shop, visit
from factories import a_window

from bench.nodes import fetched
from kener.core.instant import DAY, HOUR
from kener.core.status import Status
from kener.store.clock import now
from kener.store.pages import default_page

__all__ = ["browser", "host", "put", "shop", "visit"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

AXE = "4.14.1"
PATHS = (
    *("/", "/m/checkout/", "/incidents/incopen000/", "/history/", "/uptime/", "/maintenance/"),
    *("/developers/", "/404.html", "/embed/", "/embed/checkout/"),
)


@pytest.fixture(scope="module")
def axe():
    return (fetched("axe-core", AXE) / "axe.min.js").read_text()


@pytest.fixture
def addresses(database, shop, put, host):
    """Of every kind of page, on a site on which every part is there."""
    with database.write() as session:
        default_page(session).languages = ["ar"]
        about = session.merge(shop["search"]), Status.MAINTENANCE
        for start in (-3 * DAY, -HOUR, DAY):
            at = now() + start
            a_window(session, about, starts_at=at, ends_at=at + 2 * HOUR, message="It moves.")
    put()
    month = max(each for each in host.files if each.startswith("history/20"))
    paths = (*PATHS, f"/{month.removesuffix('index.html')}")
    return [f"{host.url}{base}{each}" for base in ("", "/ar") for each in paths]


@pytest.mark.parametrize("width", [360, 1010])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(addresses, visit, axe, scheme, width):
    found = {}
    size = {"width": width, "height": 900}
    # The page's own policy would not let a test in.
    with visit("", color_scheme=scheme, viewport=size, bypass_csp=True) as page:
        for each in addresses:
            page.goto(each)
            page.evaluate(axe)
            told = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            found |= {(each, one["id"]): one["nodes"][0]["html"] for one in told["violations"]}
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, each

    assert found == {}
