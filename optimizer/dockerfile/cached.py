"""A property that is worked out once, without the lock that functools takes at each first access before Python 3.12."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from functools import cached_property
else:

    class cached_property:  # noqa: N801  # it stands for functools' own
        """As `functools.cached_property`, for one thread."""

        def __init__(self, make) -> None:  # noqa: ANN001
            self.make = make
            self.name = make.__name__
            self.__doc__ = make.__doc__

        def __get__(self, instance, owner=None):  # noqa: ANN001, ANN204
            if instance is None:
                return self
            value = instance.__dict__[self.name] = self.make(instance)
            return value


__all__ = ["cached_property"]
