"""Operations: each is described once, as the call that it makes, and done in either manner.

`Monitors[SyncWay]().get` gives a Monitor, `Monitors[AsyncWay]().get` something that one awaits;
type checkers see the same parameters for both.
"""

from collections.abc import Callable, Coroutine
from functools import update_wrapper, wraps
from inspect import signature
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from kener_client._calls import Call, Listing
from kener_client._rows import AsyncRows, Rows
from kener_client._ways import AsyncWay, SyncWay

P = ParamSpec("P")
T = TypeVar("T")
W = TypeVar("W", bound=SyncWay | AsyncWay)


class Resource(Generic[W]):
    """What has operations, and a way to carry them out."""

    def __init__(self, way: W) -> None:
        self.way = way

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.way.settings.url}>"


def bound(describe: Callable[..., Any]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let a function show the name, the text and the parameters of the method that it does."""

    def dress(do: Callable[P, T]) -> Callable[P, T]:
        told = signature(describe)
        _self, *others = told.parameters.values()
        dressed = wraps(describe)(do)
        vars(dressed)["__signature__"] = told.replace(parameters=others)
        return dressed

    return dress


class operation(Generic[P, T]):  # noqa: N801 - a decorator
    """A method that describes a call, to be done when it is called."""

    def __init__(self, describe: Callable[Concatenate[Any, P], Call[T]]) -> None:
        self.describe = describe
        update_wrapper(self, describe)  # type: ignore[arg-type]

    @overload
    def __get__(self, instance: None, owner: type) -> "operation[P, T]": ...
    @overload
    def __get__(self, instance: Resource[SyncWay], owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(
        self, instance: Resource[AsyncWay], owner: type
    ) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, instance: Resource[Any] | None, owner: type) -> Any:
        if instance is None:
            return self

        @bound(self.describe)
        def do(*args: P.args, **kwargs: P.kwargs) -> Any:
            return instance.way.carry_out(self.describe(instance, *args, **kwargs))

        return do


class listing(Generic[P, T]):  # noqa: N801 - a decorator
    """A method that describes a list, of which nothing is asked before somebody looks at it."""

    def __init__(self, describe: Callable[Concatenate[Any, P], Listing[T]]) -> None:
        self.describe = describe
        update_wrapper(self, describe)  # type: ignore[arg-type]

    @overload
    def __get__(self, instance: None, owner: type) -> "listing[P, T]": ...
    @overload
    def __get__(self, instance: Resource[SyncWay], owner: type) -> Callable[P, Rows[T]]: ...
    @overload
    def __get__(self, instance: Resource[AsyncWay], owner: type) -> Callable[P, AsyncRows[T]]: ...
    def __get__(self, instance: Resource[Any] | None, owner: type) -> Any:
        if instance is None:
            return self
        kind = Rows if isinstance(instance.way, SyncWay) else AsyncRows

        @bound(self.describe)
        def rows(*args: P.args, **kwargs: P.kwargs) -> Any:
            return kind(instance.way, self.describe(instance, *args, **kwargs))

        return rows
