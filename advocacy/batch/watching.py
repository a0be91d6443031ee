"""Being told how a batch gets on."""

from collections.abc import Callable


class Watcher:
    """Told how a batch gets on; this one does nothing with it."""

    def begin(self, title: str, total: Callable[[], int | None]) -> None:
        """Letters are about to be made; `total` counts them, as far as can be known."""

    def step(self) -> None:
        """One more recipient is done with."""

    def interrupted(self) -> None:
        """Ctrl-C was pressed: the letters in hand are being finished."""

    def waiting(self, seconds: float) -> None:
        """Nothing is done for so long, until what was put off may be tried again."""

    def end(self) -> None:
        """No more letters are made."""
