"""What a sender's domain says of itself in the DNS: SPF, DKIM and DMARC, and where answers go.

Asked with dnspython, where it is installed, and only when somebody asks for it.
"""

import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any

from advocacy.errors import Problem
from advocacy.mail import problem

Lookup = Callable[[str, str], list[str] | None]
"""`lookup("example.org", "TXT")`: the records, none where there are none, None for no answer."""
_SECONDS = 5.0


def resolver() -> Lookup | None:
    """Asks this machine's name server; None where dnspython is not installed."""
    try:
        import dns.exception
        import dns.resolver
    except ImportError:
        return None

    def lookup(name: str, kind: str) -> list[str] | None:
        try:
            answer = dns.resolver.resolve(name, kind, lifetime=_SECONDS)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException:
            return None
        if kind == "TXT":
            return [b"".join(record.strings).decode(errors="replace") for record in answer]
        return [record.to_text() for record in answer]

    return lookup


def dns_problems(parsed: EmailMessage, sender: str, lookup: Lookup) -> Iterator[Problem]:
    """What the records of the domains lack, as far as the DNS answers."""
    ours = from_domain(parsed)
    envelope = sender.rpartition("@")[2].lower() or ours
    yield from _spf(envelope, lookup)
    for value in parsed.get_all("DKIM-Signature", []):
        yield from _dkim(str(value), lookup)
    yield from _dmarc(ours, lookup)
    yield from _answers(dict.fromkeys((ours, envelope)), lookup)


def from_domain(parsed: EmailMessage) -> str:
    """The domain of the first address in From, in lower case; empty where there is none."""
    addresses = getaddresses([str(parsed.get("From", ""))])
    return addresses[0][1].rpartition("@")[2].lower() if addresses else ""


def signature_tags(value: str) -> dict[str, str]:
    """The tags of a DKIM signature or record (RFC 6376, 3.2)."""
    pairs = (part.partition("=") for part in re.sub(r"\s+", "", value).split(";"))
    return {name: rest for name, equals, rest in pairs if equals}


def _spf(domain: str, lookup: Lookup) -> Iterator[Problem]:
    records = lookup(domain, "TXT")
    if records is None:
        yield _silent(f"the SPF record of {domain}")
        return
    found = [one for one in records if one.lower().split(" ")[0] == "v=spf1"]
    if len(found) != 1:
        told = f"{len(found)} SPF records, which is invalid" if found else "no SPF record"
        yield _missing("spf-missing", domain=domain, told=told)
    elif re.search(r"(^|\s)\+?all(\s|$)", found[0]):
        yield _missing("spf-open", domain=domain)


def _dkim(signature: str, lookup: Lookup) -> Iterator[Problem]:
    tags = signature_tags(signature)
    name = f"{tags.get('s', '')}._domainkey.{tags.get('d', '')}"
    records = lookup(name, "TXT")
    if records is None:
        yield _silent(f"the DKIM key {name}")
    elif not any(re.search(r"(^|;)\s*p=[^;\s]", record) for record in records):
        yield _missing("dkim-key-missing", name=name)


def _dmarc(domain: str, lookup: Lookup) -> Iterator[Problem]:
    """RFC 7489, 6.6.3: the domain's own record, or that of a domain above it."""
    labels = domain.split(".")
    names = [".".join(labels[at:]) for at in range(max(1, len(labels) - 1))]
    for name in names:
        records = lookup(f"_dmarc.{name}", "TXT")
        if records is None:
            yield _silent(f"the DMARC record of {name}")
            return
        if any(record.startswith("v=DMARC1") for record in records):
            return
    yield _missing("dmarc-missing", domain=domain)


def _answers(domains: dict[str, None], lookup: Lookup) -> Iterator[Problem]:
    for domain in domains:
        found = [lookup(domain, kind) for kind in ("MX", "A", "AAAA")]
        if all(records == [] for records in found):
            yield _missing("no-mail-server", domain=domain)


def _missing(entry: str, **words: Any) -> Problem:
    return problem("dns-record-missing", entry=entry, **words)


def _silent(what: str) -> Problem:
    return problem("dns-silent", what=what)
