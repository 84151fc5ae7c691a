"""/docs/: the manual, from the Markdown files in `docs/`."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path, PurePosixPath

import nh3
from flask import Response, abort, redirect, render_template, send_file
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from kener.public import bp

ROOT = Path(__file__).parents[2] / "docs"
ORDER = (
    "index",
    "start",
    "running",
    "status-page",
    "publishing",
    "checks",
    "webhooks",
    "api",
    "sdk",
    "settings",
)
"""How one reads on: files, and folders with an index. What is not named here follows by title."""
IMAGES = {".png", ".svg", ".webp"}
TAGS = nh3.ALLOWED_TAGS | {"section"}
ATTRIBUTES = {
    **nh3.ALLOWED_ATTRIBUTES,
    **{f"h{level}": {"id"} for level in range(1, 7)},
    "code": {"class"},
}


@dataclass(frozen=True, slots=True)
class Chapter:
    """A page of the manual. `slug` is its address under /docs/, `sections` its (id, heading)s."""

    slug: str
    title: str
    html: Markup
    sections: tuple[tuple[str, str], ...]


@bp.get("/docs/api-reference/", defaults={"slug": ""})
@bp.get("/docs/api-reference/<path:slug>")
def reference(slug: str) -> Answer:
    """Addresses by which the reference of the API names chapters that are under /docs/api/."""
    name = f"api/{slug.strip('/')}" if slug.strip("/") else "api"
    chapter = find(contents(ROOT), name)
    if chapter is None:
        abort(404)
    return redirect(f"/docs/{chapter.slug}/", 308)


@bp.get("/docs/")
@bp.get("/docs/<path:slug>")
def manual(slug: str = "") -> Answer:
    """One chapter, with all others beside it."""
    name = slug.strip("/")
    image = _image(name)
    if image:
        return send_file(image, max_age=3600)
    chapters = contents(ROOT)
    chapter = find(chapters, name) if name else chapters[0]
    if chapter is None:
        abort(404)
    return Response(render_template("public/manual.html", chapter=chapter, chapters=chapters))


def find(chapters: list[Chapter], slug: str) -> Chapter | None:
    """The chapter under an address, of a folder its index; names beside ours are nothing, so no
    path leads outside."""
    name = slug.removesuffix(".md")
    return next((each for each in chapters if each.slug in {name, f"{name}/index"}), None)


def contents(root: Path) -> list[Chapter]:
    """All chapters in reading order; what has not changed is not rendered again."""
    chapters = [
        chapter(str(path.relative_to(root).with_suffix("")), path, path.stat().st_mtime_ns)
        for path in root.rglob("*.md")
    ]
    return sorted(chapters, key=_order)


@cache
def chapter(slug: str, path: Path, _changed: int) -> Chapter:
    """A Markdown file as a page, made anew when it has changed. Its first heading is its title;
    HTML inside is made harmless."""
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = markdown.parse(path.read_text(encoding="utf-8"))
    sections = []
    title = slug.rpartition("/")[2].replace("-", " ").capitalize()
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            heading = _plain(inline)
            opening.attrSet("id", _id(heading))
            if opening.tag == "h1":
                title = heading
            elif opening.tag == "h2":
                sections.append((_id(heading), heading))
        for link in inline.children or []:
            _rewrite(link, slug)
    html = markdown.renderer.render(tokens, markdown.options, {})
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES)
    return Chapter(slug, title, Markup(clean), tuple(sections))  # noqa: S704 - nh3 has cleaned it


def _order(chapter: Chapter) -> tuple[int, str, bool, str]:
    first, _, rest = chapter.slug.partition("/")
    place = ORDER.index(first) if first in ORDER else len(ORDER)
    return place, first if rest else "", bool(rest) and rest != "index", chapter.title.casefold()


def _plain(inline: Token) -> str:
    return "".join(each.content for each in inline.children or [])


def _id(heading: str) -> str:
    words = "".join(char if char.isalnum() else " " for char in heading.casefold()).split()
    return "-".join(words)


def _rewrite(token: Token, slug: str) -> None:
    """Links between files become links between pages; pictures stay beside their page."""
    name = {"link_open": "href", "image": "src"}.get(token.type)
    target = str(token.attrGet(name) or "") if name else ""
    if not name or "://" in target or target.startswith(("/", "#", "mailto:")):
        return
    path, hash_, fragment = target.partition("#")
    there = _joined(PurePosixPath(slug).parent, path.removesuffix(".md"))
    if token.type == "link_open":
        there += "/"
    token.attrSet(name, f"/docs/{there}{hash_}{fragment}")


def _joined(folder: PurePosixPath, path: str) -> str:
    parts: list[str] = []
    for part in (folder / path).parts:
        if part == "..":
            parts = parts[:-1]
        else:
            parts.append(part)
    return "/".join(parts)


def _image(name: str) -> Path | None:
    """A picture of the manual, and only one that is there: names are compared, never joined."""
    if PurePosixPath(name).suffix not in IMAGES:
        return None
    return next((each for each in ROOT.rglob("*") if str(each.relative_to(ROOT)) == name), None)
