"""Questions of many threads at once, asked together."""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")


class _Wish(Generic[A, B]):
    """One question, and the lock on which it is waited for."""

    __slots__ = ("answer", "error", "is_done", "lock", "question")

    def __init__(self, question: A) -> None:
        self.question = question
        self.is_done = False
        self.answer: B
        self.error: BaseException | None = None
        self.lock = Lock()
        self.lock.acquire()


class Together(Generic[A, B]):
    """Whoever finds nobody asking asks for all who wait, in one go: so a wait is worth it for many.
    Nobody gets the answer to a question that was put before his own was there."""

    def __init__(self, ask: Callable[[Sequence[A]], Sequence[B]]) -> None:
        """`ask` answers questions in their order, for one thread at a time."""
        self._ask = ask
        self._waiting: deque[_Wish[A, B]] = deque()
        self._asking = Lock()

    def __call__(self, question: A) -> B:
        """The answer; raises what `ask` does."""
        wish: _Wish[A, B] = _Wish(question)
        self._waiting.append(wish)
        if not self._asking.acquire(blocking=False):
            wish.lock.acquire()
        if not wish.is_done:
            self._ask_for_all()
        if wish.error is not None:
            raise wish.error
        return wish.answer

    def _ask_for_all(self) -> None:
        """Holding `_asking`: for all who wait by now. Then one of those who came since may."""
        wishes = [self._waiting.popleft() for _ in range(len(self._waiting))]
        self._ask_for(wishes)
        for each in wishes:
            each.is_done = True
            each.lock.release()
        self._asking.release()
        # Whoever comes from here on finds it free; those who came before and did not, wait.
        if self._waiting and self._asking.acquire(blocking=False):
            self._hand_on()

    def _hand_on(self) -> None:
        """Holding `_asking`: let the first of those who wait ask, if there still is one."""
        try:
            self._waiting[0].lock.release()
        except IndexError:
            self._asking.release()

    def _ask_for(self, wishes: Sequence[_Wish[A, B]]) -> None:
        try:
            answers = self._ask([each.question for each in wishes])
            for each, answer in zip(wishes, answers, strict=True):
                each.answer = answer
        except BaseException as error:  # noqa: BLE001 - it is raised, by each of those who asked
            for each in wishes:
                each.error = error
