"""The public page's folder at /."""

import pages
import pytest

from kener.public.site import is_plain
from kener.site.headers import FOREVER, SECURITY
from kener.site.publish import publish_if_dirty
from kener.targets.folder import FolderTarget

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def publish(app, database, config):
    def publish(now=pages.NOW):
        assert publish_if_dirty(database, config, lambda: now, settle=0) == 1

    return publish


@pytest.fixture
def shop(app, database, publish):
    with database.write() as session:
        pages.a_shop(session)
    publish()


@ON_SQLITE
def test_before_the_first_build_it_says_that_one_is_coming(client):
    answer = client.get("/")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "The first page is being made." in answer.text
    assert client.get("/now.json").status_code == 503


@ON_SQLITE
def test_the_page_is_at_the_root(client, shop):
    answer = client.get("/")

    assert answer.status_code == 200
    assert answer.content_type == "text/html; charset=utf-8"
    assert "Checkout is degraded." in answer.text
    assert answer.headers["Cache-Control"] == (
        "public, max-age=0, s-maxage=10, stale-if-error=86400"
    )
    assert {name: answer.headers[name] for name in SECURITY} == SECURITY


@ON_SQLITE
def test_an_unchanged_file_is_not_sent_again(client, shop):
    etag = client.get("/").headers["ETag"]
    again = client.get("/", headers={"If-None-Match": etag})

    assert not etag.startswith("W/")
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == etag


@ON_SQLITE
def test_a_new_release_changes_tags_only_of_what_changed(client, shop, publish):
    style = next(name for name in links(client) if name.endswith(".css"))
    before = [client.get(path).headers["ETag"] for path in ("/now.json", style)]
    publish(pages.NOW + 60_000)
    after = [client.get(path).headers["ETag"] for path in ("/now.json", style)]

    assert before[0] != after[0]
    assert before[1] == after[1]


def links(client):
    return [part.split('"')[0] for part in client.get("/").text.split('href="')[1:]]


@ON_SQLITE
@pytest.mark.parametrize(
    ("ending", "content_type"),
    [(".css", "text/css; charset=utf-8"), (".woff2", "font/woff2"), (".svg", "image/svg+xml")],
)
def test_assets_are_kept_for_ever_under_their_own_type(client, shop, ending, content_type):
    path = next(each for each in links(client) if each.endswith(ending))
    answer = client.get(path)

    assert (answer.content_type, answer.headers["Cache-Control"]) == (content_type, FOREVER)


@ON_SQLITE
def test_texts_travel_compressed_to_those_who_can_read_it(client, shop):
    plain, packed = client.get("/"), client.get("/", headers=GZIP)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 2
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert (
        "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": "gzip;q=0"}).headers
    )


@ON_SQLITE
def test_a_folder_without_its_slash_leads_to_it(client, shop):
    answer = client.get("/m/checkout")

    assert (answer.status_code, answer.headers["Location"]) == (308, "/m/checkout/")
    assert "Checkout is degraded." in client.get("/m/checkout/").text


@ON_SQLITE
def test_what_is_not_there_is_a_real_404_in_our_look(client, shop):
    answer = client.get("/no/such/page")

    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "There is nothing under this address." in answer.text


@ON_SQLITE
@pytest.mark.parametrize(
    "path",
    [
        "/../../kener.sqlite",
        "/..%2f..%2fkener.sqlite",
        "/m/%2e%2e/%2e%2e/%2e%2e/%2e%2e/kener.sqlite",
        "/%2e%2e/1.json",
        "/a/../../1.json",
        "/..\\1.json",
        "/.lock",
        "//etc/passwd",
        "/m//checkout/",
        "/index.html%00.css",
        "/index.html/",
        "/now.json/index.html",
    ],
)
def test_no_path_leads_out_of_the_folder(client, shop, path):
    assert client.get(path).status_code in {308, 404}
    assert client.get(path, follow_redirects=True).status_code in {200, 404}
    assert b"SQLite" not in client.get(path, follow_redirects=True).data


@pytest.mark.parametrize(
    ("path", "plain"),
    [("", True), ("m/shop/", True), ("a/b.css", True), ("a//b", False), ("/a", False),
     ("..", False), ("a/../b", False), (".git/config", False), ("a\\b", False), ("a\0", False)],
)  # fmt: skip
def test_plain_paths_have_only_names_in_them(path, plain):
    assert is_plain(path) is plain


@ON_SQLITE
@pytest.mark.parametrize("path", ["/api/nothing", "/admin/x.css", "/static/none.css", "/docs/none"])
def test_what_belongs_to_the_app_is_never_the_folders(client, config, shop, path):
    release = FolderTarget(folder=config.site_dir).current()
    (release / path[1:]).parent.mkdir(parents=True, exist_ok=True)
    (release / path[1:]).write_text("from the folder")

    assert b"from the folder" not in client.get(path).data


@ON_SQLITE
def test_the_status_of_the_folder_is_served_for_all_pages_of_the_world(client, shop):
    answer = client.get("/api/status.json")

    assert answer.json["data"]["status"] == "minor"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/now.json").headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in client.get("/").headers


@ON_SQLITE
def test_a_head_has_everything_but_the_body(client, shop):
    answer = client.head("/")

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["ETag"] == client.get("/").headers["ETag"]


@ON_SQLITE
def test_only_reading_is_possible(client, shop):
    assert client.post("/").status_code == 405


@ON_SQLITE
def test_https_is_asked_for_only_where_it_is(app, config, client, shop):
    assert "Strict-Transport-Security" not in client.get("/").headers

    app.extensions["kener"] = config.model_copy(update={"url": "https://status.example.org"})
    assert client.get("/").headers["Strict-Transport-Security"] == "max-age=31536000"
