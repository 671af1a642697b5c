"""Named fields that cost a start next to nothing: NamedTuple compiles the source of every class it makes.

For what is made now and then. What is made for every word of a Dockerfile is a NamedTuple, which is made faster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NamedTuple as Record
else:

    class Record:
        """As `typing.NamedTuple`, but for indexes and order. Equal where all fields are; the first is hashed."""

        _fields: tuple[str, ...] = ()

        def __init_subclass__(cls) -> None:
            cls._fields = tuple(cls.__annotations__)

        def __init__(self, *values: object, **named: object) -> None:
            self.__dict__.update(zip(self._fields, values, strict=False))
            self.__dict__.update(named)

        def _replace(self, **changes: object) -> Any:
            return type(self)(**{**self.__dict__, **changes})

        def __iter__(self) -> Iterator[object]:
            return (getattr(self, name) for name in self._fields)

        def __eq__(self, other: object) -> bool:
            return type(self) is type(other) and tuple(self) == tuple(other)

        def __hash__(self) -> int:
            return hash(getattr(self, self._fields[0]))

        def __repr__(self) -> str:
            shown = (f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({', '.join(shown)})"


__all__ = ["Record"]
