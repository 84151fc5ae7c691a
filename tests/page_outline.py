"""What a person reads of a page: its texts, without code and what is only for programs."""

from html.parser import HTMLParser


class _Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.words, self._skip = [], 0

    def handle_starttag(self, tag, attributes):
        self._skip += tag in {"code", "script", "style"}
        self.words += [
            value
            for name, value in attributes
            if name in {"aria-label", "alt", "title"} or (tag == "meta" and name == "content")
        ]

    def handle_endtag(self, tag):
        self._skip -= tag in {"code", "script", "style"}

    def handle_data(self, data):
        if not self._skip:
            self.words.append(data)


def words_of(html):
    parser = _Words()
    parser.feed(html)
    return "\n".join(each for each in parser.words if each)
