"""Where the pages of a site lie: each status page and each language has a folder of its own; the
site's first page, in its main language, is on top."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

from kener.locales import Language, language, speaking
from kener.site.snapshot import Snapshot
from kener.site.units import Unit


@dataclass(frozen=True, slots=True)
class Place:
    """A status page in one language. `url` is where its site is; `page_folder` where the page lies
    below that (empty, or `eu/`) and `folder` where the language does (`eu/de/`)."""

    language: Language
    url: str
    page_folder: str
    folder: str

    @property
    def root(self) -> str:
        """What addresses of the site begin with: empty, or `/status` of a site below a host."""
        return urlsplit(self.url).path.rstrip("/")

    @property
    def home(self) -> str:
        """The same of the page, where files are that there are once: `/status/eu`."""
        return f"{self.root}/{self.page_folder}".rstrip("/")

    @property
    def base(self) -> str:
        """The same of this language's pages: `/status/eu/de`."""
        return f"{self.root}/{self.folder}".rstrip("/")

    @property
    def here(self) -> str:
        """The whole address of this language's pages, without a slash at the end."""
        return f"{self.url}/{self.folder}".rstrip("/")

    @property
    def page_url(self) -> str:
        """The whole address of the page."""
        return f"{self.url}/{self.page_folder}".rstrip("/")

    @property
    def is_main(self) -> bool:
        """Whether it is the page's main language."""
        return self.folder == self.page_folder

    def put(self, units: Iterator[Unit]) -> Iterator[Unit]:
        """Files of this place: below its folder, and made in its language whenever that is."""
        for each in units:
            yield replace(
                each,
                path=f"{self.folder}{each.path}",
                key=f"{each.key}{self.base}",
                make=partial(_spoken, self.language.tag, each.make),
            )


def places(seen: Snapshot, url: str, folder: str) -> Sequence[Place]:
    """Those of a page that lies in a folder of the site at `url`; the main language's first."""
    main, *others = [language(each) for each in seen.languages]
    return [
        Place(main, url, folder, folder),
        *(Place(each, url, folder, f"{folder}{each.part}/") for each in others),
    ]


def _spoken(tag: str, make: Callable[[], bytes]) -> bytes:
    with speaking(tag):
        return make()
