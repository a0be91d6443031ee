"""The page's address: a port of this machine and a token, the same after a restart if it can be.

The last address stays in `.advocacy/preview/` beside the campaign, in a file that only its owner
can read. An open tab then finds the page again, and can save what was typed meanwhile.
"""

import json
import os
import re
import secrets
import socket
from contextlib import suppress
from pathlib import Path

from advocacy.errors import AdvocacyError, Problem
from advocacy.files.unsaved import FOLDER, private_folder
from advocacy.files.writing import write_file

HOST = "127.0.0.1"
_FOLDER = "preview"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


def open_address(campaign: Path, port: int, *, remembered: bool) -> tuple[socket.socket, str]:
    """Open the port of a campaign's page, and return its socket and the token of the address.

    With `port` 0 it is the last one, if it is free, else any. With `remembered`, the address is
    used again the next time. Raises AdvocacyError where the port cannot be used.
    """
    known = _last_address(campaign) if remembered else None
    if known is not None and port in (0, known[0]):
        with suppress(OSError):
            return socket.create_server((HOST, known[0]), backlog=64), known[1]
    listener, token = _listen(port), secrets.token_urlsafe(24)
    if remembered and known is None:
        with suppress(OSError, AdvocacyError):  # then the next address is another
            record = {"port": listener.getsockname()[1], "token": token}
            _remember(campaign, record)
    return listener, token


def _last_address(campaign: Path) -> tuple[int, str] | None:
    path = campaign.parent / FOLDER / _FOLDER / f"{campaign.name}.json"
    try:
        status = path.lstat()
        # What others could write or read is not secret.
        if status.st_mode & 0o077 or status.st_uid != os.getuid() or status.st_size > 1000:
            return None
        record = json.loads(path.read_bytes())
        port, token = int(record["port"]), str(record["token"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return (port, token) if 1024 <= port <= 65535 and _TOKEN.fullmatch(token) else None


def _remember(campaign: Path, record: dict[str, object]) -> None:
    folder = private_folder(campaign.parent, _FOLDER)
    write_file(folder / f"{campaign.name}.json", json.dumps(record).encode())


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port), backlog=64)
    except OSError as error:
        raise AdvocacyError(
            Problem(
                "port-taken",
                f"Port {port} of this machine cannot be used: {os.strerror(error.errno or 0)}.",
                "Omit `--port` to use a free port.",
            )
        ) from error
