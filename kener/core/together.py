"""Questions of many threads at once, asked together."""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")


class _Wish(Generic[A, B]):
    __slots__ = ("answer", "error", "is_done", "question")

    def __init__(self, question: A) -> None:
        self.question = question
        self.is_done = False
        self.answer: B
        self.error: BaseException | None = None


class Together(Generic[A, B]):
    """Whoever finds nobody asking asks for all who wait, in one go: so a wait is worth it for many.
    Nobody gets the answer to a question that was put before his own was there."""

    def __init__(self, ask: Callable[[Sequence[A]], Sequence[B]]) -> None:
        """`ask` answers questions in their order, for one thread at a time."""
        self._ask = ask
        self._waiting: deque[_Wish[A, B]] = deque()
        self._lock = Lock()

    def __call__(self, question: A) -> B:
        """The answer; raises what `ask` does."""
        wish: _Wish[A, B] = _Wish(question)
        self._waiting.append(wish)
        with self._lock:
            if not wish.is_done:
                self._ask_for([self._waiting.popleft() for _ in range(len(self._waiting))])
        if wish.error is not None:
            raise wish.error
        return wish.answer

    def _ask_for(self, wishes: Sequence[_Wish[A, B]]) -> None:
        try:
            answers = self._ask([each.question for each in wishes])
            for each, answer in zip(wishes, answers, strict=True):
                each.answer = answer
        except BaseException as error:  # noqa: BLE001 - it is raised, by each of those who asked
            for each in wishes:
                each.error = error
        for each in wishes:
            each.is_done = True
