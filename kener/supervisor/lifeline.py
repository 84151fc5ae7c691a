"""Children die with the supervisor, even when it is killed and cannot say goodbye."""

import ctypes
import os
import signal
import sys
from threading import Thread

ON_LINUX = sys.platform == "linux"
PR_SET_PDEATHSIG = 1


class Lifeline:
    """A pipe whose only writer is the supervisor: when it is gone, the readers see the end.

    Linux needs no thread for that, its kernel kills us. To be made before the first fork.
    """

    def __init__(self, *, by_kernel: bool = ON_LINUX) -> None:
        self.by_kernel = by_kernel
        self.supervisor = os.getpid()
        self._reader, self._writer = os.pipe()

    def hold(self) -> None:
        """In a child, first of all: die when the supervisor dies."""
        os.close(self._writer)
        if self.by_kernel:
            die_with_parent(self.supervisor)
        else:
            Thread(target=self._wait, name="lifeline", daemon=True).start()

    def cut(self) -> None:
        """In the supervisor, at its end."""
        os.close(self._reader)
        os.close(self._writer)

    def _wait(self) -> None:
        os.read(self._reader, 1)
        os.kill(os.getpid(), signal.SIGKILL)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when `parent` ends; survives an exec. Linux only.

    Also for children of children, which otherwise would outlive all of us.
    """
    if not ON_LINUX:
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we could ask
        os.kill(os.getpid(), signal.SIGKILL)
