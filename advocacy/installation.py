"""Libraries that advocacy needs and a machine may lack: which ones, and what to type.

Imports nothing but Python's own, so that it can speak when everything else is missing.
`.ci/setup` asks the same questions here before there is a virtual environment.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from advocacy.errors import AdvocacyError, Problem

if TYPE_CHECKING:
    import ctypes

NOT_FOUND = "missing-library"


@dataclass(frozen=True, slots=True)
class SystemLibrary:
    """A library of the operating system, with the package that brings it.

    `files` are the names under which WeasyPrint (`weasyprint/text/ffi.py`) opens it.
    Without one that is not `required`, PDFs are made all the same, but slower.
    """

    name: str
    files: tuple[str, ...]
    debian: str
    fedora: str
    required: bool = True


SYSTEM_LIBRARIES = (
    SystemLibrary(
        "pango-1.0",
        ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll"),
        "libpango-1.0-0",
        "pango",
    ),
    SystemLibrary(
        "pangoft2-1.0",
        ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll"),
        "libpangoft2-1.0-0",
        "pango",
    ),
    SystemLibrary(
        "harfbuzz-subset",
        ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll"),
        "libharfbuzz-subset0",
        "harfbuzz",
        required=False,
    ),
)

EXTRA_OF_MODULE = {
    "starlette": "preview",
    "uvicorn": "preview",
    "watchfiles": "preview",
    "distributed": "cluster",
    "dask": "cluster",
    "psycopg": "postgres",
    "cryptography": "dkim",
    "keyring": "keyring",
}


def missing_system_libraries() -> tuple[SystemLibrary, ...]:
    """The system libraries that cannot be opened here."""
    return tuple(library for library in SYSTEM_LIBRARIES if not _opens(library))


def system_install_line(missing: Iterable[SystemLibrary]) -> str:
    """The one line to type that installs these libraries on this machine."""
    from shutil import which

    missing = tuple(missing)
    debian = " ".join(library.debian for library in missing)
    fedora = " ".join(dict.fromkeys(library.fedora for library in missing))
    sudo = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "
    if which("apt-get"):
        return f"{sudo}apt-get install -y {debian}"
    if which("dnf"):
        return f"{sudo}dnf install -y {fedora}"
    if which("brew"):
        return "brew install pango"
    return f"your system's installer for: {fedora} (on Debian: {debian})"


def require_pango() -> None:
    """Check that WeasyPrint's libraries can be opened; to be called before it is imported.

    Raises AdvocacyError with what to type. WeasyPrint itself would print a page of text.
    """
    missing = missing_system_libraries()
    if any(library.required for library in missing):
        raise AdvocacyError(
            Problem(
                NOT_FOUND,
                "Pango, which lays out the text of PDF letters, is not installed on this machine.",
                f"Type: {system_install_line(missing)}",
            )
        )


def explain_missing(error: BaseException) -> Problem | None:
    """What to tell the user if `error` means that a library is missing, else None.

    For the handler of all uncaught exceptions: a missing library is not a bug.
    """
    if isinstance(error, ModuleNotFoundError) and error.name:
        module = error.name.partition(".")[0]
        if module != "advocacy":
            return Problem(
                NOT_FOUND,
                f"The Python library '{module}' is not installed.",
                f"Type: {_python_install_line(module)}",
            )
    if isinstance(error, OSError) and "cannot load library" in str(error):
        missing = missing_system_libraries() or SYSTEM_LIBRARIES
        return Problem(
            NOT_FOUND,
            "A system library that PDF letters need is not installed on this machine.",
            f"Type: {system_install_line(missing)}",
        )
    return None


def not_installed(requirements: Iterable[str], extra: str | None) -> Iterator[str]:
    """Those of a package's requirements that are not installed, as they are written.

    `requirements` are as in its metadata. With an `extra`, what that extra asks for counts too.
    """
    import importlib.metadata  # here: most runs of a command have no need of it, and it is slow

    for requirement in requirements:
        wanted, _, marker = (part.strip() for part in requirement.partition(";"))
        if marker and (extra is None or f"extra == '{extra}'" not in marker.replace('"', "'")):
            continue
        name = re.match(r"[A-Za-z0-9._-]+", wanted)
        try:
            importlib.metadata.version(name[0] if name else wanted)
        except importlib.metadata.PackageNotFoundError:
            yield wanted


def pango_version() -> str:
    """The version of the Pango that sets the type here: `1.50.12`.

    It is asked without WeasyPrint, whose import takes longer than all else in a run that has
    nothing to do. Raises AdvocacyError where there is no Pango.
    """
    import ctypes

    require_pango()
    found = next(filter(None, map(_loaded, SYSTEM_LIBRARIES[0].files)), None)
    if found is None:  # on macOS, outside the loader's path
        from ctypes.util import find_library

        found = ctypes.CDLL(find_library(SYSTEM_LIBRARIES[0].name) or SYSTEM_LIBRARIES[0].files[0])
    number = int(found.pango_version())
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


# The names by which Linux's loader knows what WeasyPrint cannot do without.
_LOADED = (
    "libgobject-2.0.so.0", "libpango-1.0.so.0", "libharfbuzz.so.0", "libfontconfig.so.1",
    "libpangoft2-1.0.so.0",
)  # fmt: skip


@contextmanager
def libraries_by_name() -> Iterator[None]:
    """Let WeasyPrint, while it is imported, open its libraries by their names on Linux alone.

    For each of the names that other systems have, cffi asks `find_library`, which starts
    `ldconfig`, a compiler, and a linker: some thirty processes, half of the time of one letter.
    Where a library does not open by its name, they are searched for as ever.
    """
    import ctypes.util

    if not sys.platform.startswith("linux") or not all(map(_loaded, _LOADED)):
        yield
        return
    search = ctypes.util.find_library
    ctypes.util.find_library = lambda name: None  # noqa: ARG005
    try:
        yield
    finally:
        ctypes.util.find_library = search


def _loaded(file: str) -> "ctypes.CDLL | None":
    """A library that the loader opens by the name of its file, or None."""
    import ctypes

    try:
        return ctypes.CDLL(file)
    except OSError:
        return None


def _opens(library: SystemLibrary) -> bool:
    if any(map(_loaded, library.files)):
        return True
    # The loader does not look into Homebrew's folder by itself. On Linux this would
    # start a compiler, for nothing: the loader's own search has failed already.
    if sys.platform != "darwin":
        return False
    from ctypes.util import find_library

    return find_library(library.name) is not None


def _python_install_line(module: str) -> str:
    import importlib.metadata
    import shlex

    try:
        requirements = importlib.metadata.requires("advocacy") or []
    except importlib.metadata.PackageNotFoundError:
        requirements = []
    wanted = list(not_installed(requirements, EXTRA_OF_MODULE.get(module)))
    python = shlex.quote(sys.executable or "python3")
    if wanted:
        return f"{python} -m pip install {shlex.join(wanted)}"
    project = Path(__file__).resolve().parent.parent
    if (project / "Makefile").is_file() and (project / "pyproject.toml").is_file():
        return f"make -C {shlex.quote(str(project))} setup"
    return f"{python} -m pip install {shlex.quote(module)}"
