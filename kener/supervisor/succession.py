"""A child that is worn out asks for a successor, and ends in its own time."""

import os
from contextlib import suppress


class Succession:
    """A pipe from all children to the supervisor. To be made before the first fork."""

    def __init__(self) -> None:
        self.reader, self._writer = os.pipe()
        os.set_blocking(self.reader, False)
        os.set_blocking(self._writer, False)

    def ask(self) -> None:
        """In a child: have a new one started now, beside this one, which is about to leave."""
        with suppress(OSError):  # without a supervisor nobody comes, and we leave all the same
            os.write(self._writer, b"%d\n" % os.getpid())

    def asked(self) -> set[int]:
        """In the supervisor: the processes that have asked since the last time."""
        with suppress(BlockingIOError):
            return {int(each) for each in os.read(self.reader, 4096).split()}
        return set()

    def close(self) -> None:
        """In the supervisor, at its end."""
        os.close(self.reader)
        os.close(self._writer)
