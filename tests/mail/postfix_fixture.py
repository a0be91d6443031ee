"""A real Postfix for the tests: an instance of its own, thrown away after them.

Its configuration, queue and mailboxes stand in a folder of its own, it listens on ports of
loopback that were free, and the machine's own Postfix is neither read nor touched.
"""

import os
import pwd
import shutil
import socketserver
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pytest

from .smtp_fixtures import Certificates, free_port

DOMAIN = "parks.example"
MAIN = """\
compatibility_level = 3.6
queue_directory = {base}/queue
data_directory = {base}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
maillog_file = {base}/log
maillog_file_prefixes = {base}
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
local_recipient_maps =
relay_domains =
default_transport = discard:bounces
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {base}/boxes
virtual_mailbox_maps = texthash:{base}/etc/boxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
message_size_limit = 300000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
smtpd_timeout = 2s
smtpd_tls_security_level = may
smtpd_tls_chain_files = {base}/etc/good.key, {base}/etc/good.pem
smtpd_sender_restrictions = check_sender_access texthash:{base}/etc/senders
smtpd_recipient_restrictions =
  check_recipient_access texthash:{base}/etc/recipients,
  reject_unauth_destination,
  check_policy_service inet:127.0.0.1:{policy}
smtputf8_enable = yes
"""
MASTER = """\
{port} inet n - n - - smtpd
{tls} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
{plain} inet n - n - - smtpd
  -o smtputf8_enable=no
  -o smtpd_tls_security_level=none
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
RECIPIENTS = f"""\
unknown@{DOMAIN} 550 5.1.1 User unknown
rejected@{DOMAIN} 550 5.7.1 No letters here
deferred@{DOMAIN} 450 4.2.1 Mailbox busy
closing@{DOMAIN} 421 4.3.2 Closing for a while
"""


class _Greylist(socketserver.StreamRequestHandler):
    """Postfix's policy protocol: each `grey…@` is asked to come again, once."""

    seen: ClassVar[set[str]] = set()

    def handle(self) -> None:
        attributes: dict[str, str] = {}
        for raw in self.rfile:
            line = raw.decode().strip()
            if line:
                name, _, value = line.partition("=")
                attributes[name] = value
                continue
            to = attributes.get("recipient", "")
            grey = to.startswith("grey") and to not in self.seen
            self.seen.add(to)
            action = "defer_if_permit 4.2.0 Greylisted, come again" if grey else "DUNNO"
            self.wfile.write(f"action={action}\n\n".encode())
            attributes = {}


class _PolicyServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@dataclass(frozen=True)
class Postfix:
    """A running instance: its ports for SMTP, for TLS at once, and without TLS and SMTPUTF8."""

    base: Path
    port: int
    tls: int
    plain: int
    boxes: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "boxes", self.base / "boxes")

    def delivered(self, local_part: str, count: int = 1, seconds: float = 20) -> list[bytes]:
        """The messages to an address at parks.example, once there are so many."""
        folder = self.boxes / "all" / "new"
        line = f"Delivered-To: {local_part}@{DOMAIN}\n".encode()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            files = list(folder.iterdir()) if folder.is_dir() else []
            found = [data for one in files if line in (data := one.read_bytes())]
            if len(found) >= count:
                return found
            time.sleep(0.05)
        log = (self.base / "log").read_text() if (self.base / "log").exists() else ""
        raise AssertionError(f"{local_part} has fewer than {count}\n{log[-3000:]}")


@pytest.fixture(scope="session")
def postfix(tool: Callable[[str], str], certificates: Certificates) -> Iterator[Postfix]:
    """A Postfix that takes mail for parks.example, and refuses or defers some."""
    program = tool("postfix")
    if os.geteuid() != 0:
        pytest.skip("needs root, as Postfix does to start")
    base = Path(tempfile.mkdtemp(prefix="postfix-"))
    policy = _PolicyServer(("127.0.0.1", 0), _Greylist)
    threading.Thread(target=policy.serve_forever, daemon=True).start()
    ports = [free_port() for _ in range(3)]
    _configure(base, certificates, ports, policy.server_address[1])
    config = base / "etc"
    try:
        subprocess.run([program, "-c", str(config), "start"], check=True, capture_output=True)
        yield Postfix(base, *ports)
    finally:
        with suppress(subprocess.CalledProcessError):
            subprocess.run([program, "-c", str(config), "stop"], check=True, capture_output=True)
        policy.shutdown()
        policy.server_close()
        shutil.rmtree(base, ignore_errors=True)


def _configure(base: Path, certificates: Certificates, ports: list[int], policy: int) -> None:
    user = pwd.getpwnam("postfix")
    base.chmod(0o755)
    for name, owner in (("etc", 0), ("queue", 0), ("data", user.pw_uid), ("boxes", user.pw_uid)):
        (base / name).mkdir(mode=0o755)
        os.chown(base / name, owner, -1)
    found = [path for path in ("/usr/lib/postfix/sbin", "/usr/libexec/postfix")
             if Path(path, "master").exists()]  # fmt: skip
    etc = base / "etc"
    values = {"base": base, "daemons": found[0], "domain": DOMAIN, "uid": user.pw_uid,
              "gid": user.pw_gid, "policy": policy}  # fmt: skip
    (etc / "main.cf").write_text(MAIN.format(**values))
    (etc / "master.cf").write_text(MASTER.format(port=ports[0], tls=ports[1], plain=ports[2]))
    (etc / "recipients").write_text(RECIPIENTS)
    (etc / "senders").write_text("banned@friends.example 550 5.7.1 Sender banned\n")
    (etc / "boxes").write_text(f"@{DOMAIN} all/\n")  # one for everybody
    for name in ("good.key", "good.pem"):
        shutil.copy(certificates.authority.parent / name, etc / name)
