"""What makes a page its owner's."""

import re
from base64 import b64encode

import pytest

from kener.core.colour import contrast, mixed, readable
from kener.site.branding import GROUNDS, accents, brand_of
from kener.site.headers import SECURITY, policy, policy_told
from kener.site.looks import look_of
from kener.store.pages import default_page

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
INLINE = f"data:image/svg+xml;base64,{b64encode(SVG).decode()}"


@pytest.fixture
def dress(database, shop):
    def dress(**look):
        with database.write() as session:
            default_page(session).look = look

    return dress


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#777777", 1), ("#767676", "#ffffff", 4.54)],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize(
    "colour", ["#ffff00", "#00ff00", "#3c56cf", "#000000", "#ffffff", "#808080"]
)
def test_any_accent_can_be_read_in_light_and_dark(colour):
    for found, grounds in zip(accents(colour), GROUNDS.values(), strict=True):
        assert all(contrast(found, each) >= 4.5 for each in grounds)


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert readable("#3c56cf", GROUNDS["light"]) == "#3c56cf"
    assert mixed("#000000", "#ffffff", 0.5) == "#808080"


def test_without_a_look_there_is_no_file_of_it():
    brand = brand_of(look_of({}))

    assert (brand.css, brand.logo, brand.favicon, brand.files) == ("", "", "", {})
    assert policy([brand]) == SECURITY["Content-Security-Policy"]


@ONE_DATABASE
def test_colour_letters_and_css_are_one_file(dress, make, read):
    dress(accent="#3c56cf", font="serif", css="h1{text-transform:uppercase}")
    release = make()
    path = re.search(r'href="(/a/look\.\w+\.css)"', read(release, "index.html"))[1]
    css = read(release, path)

    assert "--accent:light-dark(#3c56cf," in css
    assert "Georgia" in css
    assert css.endswith("h1{text-transform:uppercase}")
    assert not re.search(r"--[udpomn]\b", css)
    assert path in read(release, "embed/index.html")
    assert 'rel="preload"' not in read(release, "index.html")


@ONE_DATABASE
def test_a_picture_itself_is_a_file_of_the_page(dress, make, read):
    dress(logo=INLINE, favicon=INLINE)
    release = make()
    html = read(release, "index.html")

    path = re.search(r'<img class="logo" src="(/a/logo\.\w+\.svg)"', html)[1]
    assert read(release, path) == SVG.decode()
    assert re.search(r'id="icon" href="/a/favicon\.\w+\.svg"', html)
    assert "data:image" not in html


@ONE_DATABASE
def test_only_chosen_hosts_are_let_in(dress, make, read):
    data = [{"name": "website-id", "value": 'a"b'}]
    dress(
        logo="https://cdn.example.org/logo.png",
        analytics={"src": "https://stats.example.org/s.js", "data": data},
    )
    release = make()
    told = policy_told(read(release, "_headers"))

    assert "img-src 'self' data: https://cdn.example.org;" in told
    assert "script-src 'self' https://stats.example.org;" in told
    assert "connect-src 'self' https://stats.example.org;" in told
    script = re.search(r"<script defer.*?</script>", read(release, "index.html"))[0]
    assert script == (
        '<script defer src="https://stats.example.org/s.js" data-website-id="a&#34;b"></script>'
    )


@ONE_DATABASE
def test_nobody_is_counted_unless_the_owner_says_so(shop, make, read):
    html = read(make(), "index.html")

    assert re.findall(r"<script[^>]* src=\"([^\"]+)\"", html) == re.findall(
        r"/a/status\.\w+\.js", html
    )
    assert "https://" not in policy_told(read(make(), "_headers"))
