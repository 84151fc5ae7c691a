"""Which site is meant by a request: by its host, or by the name of a private page."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request

from kener.site.signposts import Signpost, signposts
from kener.store.clock import now
from kener.targets.folder import FolderTarget
from kener.web.address import the_config
from kener.web.members import current_member


@dataclass(frozen=True, slots=True)
class Asked:
    """A site's folder, and the path within it. `root` is what its addresses begin with."""

    target: FolderTarget
    path: str
    root: str
    is_private: bool


def asked(path: str) -> Asked:
    """The main site, unless another one is at this address. A site that lies below the path of its
    host is only meant below it."""
    config = the_config()
    ours = {urlsplit(each).netloc for each in (config.public_url, config.page_address)}
    for each in signposts(config):
        there = urlsplit(each.url)
        root = there.path.strip("/")
        # Those at our own host are found by their name whatever that host is called just now, and
        # never without one: the main site would be gone.
        is_here = bool(root) if there.netloc in ours else request.host == there.netloc
        if is_here and (not root or path == root or path.startswith(f"{root}/")):
            return _of(each, path.removeprefix(root).removeprefix("/"), there.path.rstrip("/"))
    return Asked(FolderTarget(folder=config.site_dir), path, "", is_private=False)


def may_see(found: Asked) -> bool:
    """Whether the asker may: everybody, or who is signed in."""
    return not found.is_private or current_member(now()) is not None


def _of(post: Signpost, path: str, root: str) -> Asked:
    target = FolderTarget(folder=the_config().site_folder(post.name))
    return Asked(target, path, root, post.is_private)
