"""Named fields that cost a start next to nothing: NamedTuple compiles the source of every class it makes.

They are what the typing module says of NamedTuple, which is imported for no more than types wherever a plain ``fix``
comes by: it costs as much as reading a Dockerfile.
"""

from __future__ import annotations

from operator import itemgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NamedTuple as Record
    from typing import NamedTuple as Row
    from typing import cast
else:

    class Record:
        """For what is made now and then: without indexes and order. Equal where all fields are; the first is hashed."""

        _fields: tuple[str, ...] = ()

        def __init_subclass__(cls) -> None:
            cls._fields = tuple(cls.__annotations__)

        def __init__(self, *values: object, **named: object) -> None:
            self.__dict__.update(zip(self._fields, values), **named)  # noqa: B905  # `strict` costs more than the rest

        def _replace(self, **changes: object) -> Record:
            same = object.__new__(type(self))
            same.__dict__.update(self.__dict__, **changes)
            return same

        def __iter__(self) -> Iterator[object]:
            return iter([getattr(self, name) for name in self._fields])

        def __eq__(self, other: object) -> bool:
            return type(self) is type(other) and tuple(self) == tuple(other)

        def __hash__(self) -> int:
            return hash(getattr(self, self._fields[0]))

        def __repr__(self) -> str:
            return _shown(self)

    class Row(tuple):
        """For what is made for every word of a Dockerfile: a tuple."""

        __slots__ = ()
        _fields: tuple[str, ...] = ()
        _size = 0
        _defaults: dict[str, object] = {}  # noqa: RUF012

        def __init_subclass__(cls) -> None:
            cls._fields = tuple(cls.__annotations__)
            cls._size = len(cls._fields)
            cls._defaults = {name: cls.__dict__[name] for name in cls._fields if name in cls.__dict__}
            if not cls._defaults:
                cls.__new__ = staticmethod(_whole)
            for at, name in enumerate(cls._fields):
                setattr(cls, name, property(itemgetter(at)))

        def __new__(cls, *values: object, **named: object) -> Row:  # noqa: PYI034
            if len(values) != cls._size:
                rest = cls._fields[len(values) :]
                values += tuple([named[name] if name in named else cls._defaults[name] for name in rest])
            return tuple.__new__(cls, values)

        def __getnewargs__(self) -> tuple[object, ...]:
            return tuple(self)

        def _replace(self, **changes: object) -> Row:
            return type(self)(*[changes.get(name, value) for name, value in zip(self._fields, self, strict=True)])

        def __repr__(self) -> str:
            return _shown(self)

    def _whole(cls: type[Row], *values: object) -> Row:
        """A row of all its values, in order: those without defaults are made of nothing else."""
        return tuple.__new__(cls, values)

    def cast(_: object, value: object) -> object:
        """As `typing.cast`."""
        return value

    def _shown(one: Record | Row) -> str:
        shown = (f"{name}={value!r}" for name, value in zip(one._fields, one, strict=True))
        return f"{type(one).__name__}({', '.join(shown)})"


__all__ = ["Record", "Row", "cast"]
