"""Properties that are worked out when first asked for."""

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

Value = TypeVar("Value")


class lazy_property(Generic[Value]):  # noqa: N801 - used as a decorator
    """One of an object that a single thread has, as all that belongs to one request.

    Before Python 3.12 ``functools.cached_property`` lets one thread at a time work it out, whatever
    the object: requests would wait for one another's searches.
    """

    def __init__(self, work_out: Callable[[Any], Value]) -> None:
        self._work_out = work_out
        self.__doc__ = work_out.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, holder: None, owner: type) -> Self: ...

    @overload
    def __get__(self, holder: object, owner: type) -> Value: ...

    def __get__(self, holder: object | None, owner: type) -> Self | Value:
        """Work it out, and put it in the place of this descriptor."""
        if holder is None:
            return self
        value = vars(holder)[self._name] = self._work_out(holder)
        return value
