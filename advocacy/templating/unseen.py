"""Values that a template may print, or ask whether they are there, and do nothing else with.

A template that does no more with what is one person's own makes the same text for everybody,
up to these values. So it is run once with an `Unseen` in the place of each, and the values are
put in for each letter. One that does more (`recipient.title | upper`) meets `NeedsValue`.
"""

from typing import Any, NoReturn


class NeedsValue(BaseException):
    """A template does something with a value that needs the value itself.

    A BaseException, so that nothing on the way takes it for a mistake.
    """

    def __init__(self, name: Any = None) -> None:
        """`name` is the value's, where it is known which it was."""
        super().__init__()
        self.name = name


class Unseen:
    """Stands for a value that is not empty; those that are empty are given as they are.

    It says that it is of the value's `kind`, as the value would. `asked` is whether it was
    asked for a carriage return, as each text is before it is printed: no, it says, and who
    puts values in must see that it is so.
    """

    __slots__ = ("_kind", "asked", "name")

    def __init__(self, name: Any, kind: type = str) -> None:
        self.name = name
        self.asked = False
        self._kind = kind

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return self._kind

    def __bool__(self) -> bool:
        return True

    def __contains__(self, text: object) -> bool:
        if text != "\r":
            raise NeedsValue(self.name)
        self.asked = True
        return False

    def __eq__(self, other: object) -> bool:
        if type(other) is str and not other:
            return False
        raise NeedsValue(self.name)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise NeedsValue(self.name)

    __str__ = __repr__ = __format__ = __len__ = __iter__ = __getitem__ = __hash__ = _refuse
    __add__ = __radd__ = __mul__ = __rmul__ = __mod__ = __rmod__ = __call__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __reversed__ = __int__ = __float__ = __index__ = _refuse

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # what Python and Jinja ask every object
            raise AttributeError(name)
        raise NeedsValue(self.name)
