"""/docs/: the manual."""

import re

import pytest

from kener.public.manual import ROOT, chapter, contents, find

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def book(tmp_path):
    def book(**files):
        for name, text in files.items():
            path = tmp_path / f"{name.replace('__', '/')}.md"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return contents(tmp_path)

    return book


def html(book, text):
    return str(book(page=text)[0].html)


def test_the_first_heading_is_the_title_and_others_can_be_led_to(book):
    (page,) = book(page="# Running `it`\n\n## First steps\n\ntext\n")

    assert page.title == "Running it"
    assert page.sections == (("first-steps", "First steps"),)
    assert '<h2 id="first-steps">' in page.html


def test_links_between_files_become_links_between_pages(book):
    text = "# A\n[b](checks/http.md#tls) [c](https://example.org/x.md) [d](#e) ![f](img/f.png)"
    page = html(book, text)

    assert 'href="/docs/checks/http/#tls"' in page
    assert 'href="https://example.org/x.md"' in page
    assert 'href="#e"' in page
    assert 'src="/docs/img/f.png"' in page


def test_links_from_a_folder_find_their_way_up(book):
    pages = book(checks__http="# Http\n[up](../running.md)", running="# Running")

    assert 'href="/docs/running/"' in find(pages, "checks/http").html


def test_a_folders_own_address_leads_to_its_index(book):
    pages = book(checks__http="# Http", checks__index="# All checks")

    assert find(pages, "checks").title == "All checks"
    assert find(pages, "check") is None


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))"],
)
def test_no_script_survives(book, text):
    page = html(book, f"# A\n\n{text}\n")

    assert not re.search(r"<script|onerror=|href=.javascript", page)


def test_tables_and_code_are_kept(book):
    page = html(book, "# A\n\n| a | b |\n|---|---|\n| 1 | `2` |\n\n```python\nx = 1\n```\n")

    assert "<table>" in page
    assert '<code class="language-python">x = 1' in page


def test_a_changed_file_is_read_again(book):
    assert html(book, "# One") != html(book, "# Two, longer")


def test_chapters_come_in_reading_order(book):
    named = {"zebra": "# Z", "settings": "# S", "running": "# R", "architecture": "# A"}
    pages = book(**named, checks__ant="# Ant", checks__index="# What it can check")

    assert [each.slug for each in pages] == [
        *("running", "checks/index", "checks/ant", "settings"),
        *("architecture", "zebra"),
    ]


@ON_SQLITE
def test_every_chapter_is_served_and_every_link_between_them_lives(client):
    for page in contents(ROOT):
        answer = client.get(f"/docs/{page.slug}/")
        assert answer.status_code == 200
        for link in re.findall(r'href="(/docs/[^"#]*)', answer.text):
            assert client.get(link).status_code == 200, f"{page.slug} leads to {link}"


@ON_SQLITE
@pytest.mark.parametrize(
    ("path", "chapter"),
    [
        ("api-reference/monitors", "api/monitors"),
        ("api-reference/authentication/", "api/authentication"),
        ("api-reference/", "api"),
    ],
)
def test_addresses_of_the_reference_lead_to_its_chapters(client, path, chapter):
    answer = client.get(f"/docs/{path}")

    assert (answer.status_code, answer.headers["Location"]) == (308, f"/docs/{chapter}/")
    assert client.get(answer.headers["Location"]).status_code == 200


@ON_SQLITE
@pytest.mark.parametrize(
    "path",
    [
        "api-reference/nothing",
        "api-reference/../app",
        "nothing",
        "../app",
        "..%2fREADME",
        "running.py",
        "img/none.png",
    ],
)
def test_nothing_else_is_served(client, path):
    assert client.get(f"/docs/{path}").status_code == 404


def test_a_file_without_a_heading_is_named_by_its_file(tmp_path):
    (tmp_path / "odd-one.md").write_text("only text")

    assert chapter("odd-one", tmp_path / "odd-one.md", 0).title == "Odd one"
