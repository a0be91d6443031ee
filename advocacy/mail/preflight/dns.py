"""What a sender's domain says of itself in the DNS: SPF, DKIM and DMARC, and where answers go.

Asked with dnspython, where it is installed, and only when somebody asks for it.
"""

import re
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.utils import getaddresses

from advocacy.errors import Level, Problem

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
    addresses = getaddresses([str(parsed.get("From", ""))])
    ours = addresses[0][1].rpartition("@")[2].lower() if addresses else ""
    envelope = sender.rpartition("@")[2].lower() or ours
    yield from _spf(envelope, lookup)
    for value in parsed.get_all("DKIM-Signature", []):
        yield from _dkim(str(value), lookup)
    yield from _dmarc(ours, lookup)
    yield from _answers(dict.fromkeys((ours, envelope)), lookup)


def _spf(domain: str, lookup: Lookup) -> Iterator[Problem]:
    records = lookup(domain, "TXT")
    if records is None:
        yield _silent(f"the SPF record of {domain}")
        return
    found = [one for one in records if one.lower().split(" ")[0] == "v=spf1"]
    if len(found) != 1:
        told = "no SPF record" if not found else f"{len(found)} SPF records, which counts as none"
        yield _missing(
            f"{domain} has {told} (RFC 7208).",
            f'Publish one TXT record at {domain}: "v=spf1 include:PROVIDER ~all", as the '
            "provider says.",
        )
    elif re.search(r"(^|\s)\+?all(\s|$)", found[0]):
        yield _missing(
            f"The SPF record of {domain} lets everybody send (+all).",
            "Write ~all or -all at its end.",
        )


def _dkim(signature: str, lookup: Lookup) -> Iterator[Problem]:
    flat = re.sub(r"\s+", "", signature)
    tags = dict(part.split("=", 1) for part in flat.split(";") if "=" in part)
    name = f"{tags.get('s', '')}._domainkey.{tags.get('d', '')}"
    records = lookup(name, "TXT")
    if records is None:
        yield _silent(f"the DKIM key {name}")
    elif not any(re.search(r"(^|;)\s*p=[^;\s]", record) for record in records):
        yield _missing(
            f"There is no public key at {name}, so the signature counts for nothing.",
            "Publish it there as TXT, or set ADVOCACY_DKIM_SELECTOR to the name that it has.",
        )


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
    yield _missing(
        f"{domain} has no DMARC record.",
        f'Publish a TXT record at _dmarc.{domain}: "v=DMARC1; p=none" at the least. Gmail, Yahoo '
        "and Outlook ask for it from 5,000 messages a day.",
    )


def _answers(domains: dict[str, None], lookup: Lookup) -> Iterator[Problem]:
    for domain in domains:
        found = [lookup(domain, kind) for kind in ("MX", "A", "AAAA")]
        if all(records == [] for records in found):
            yield _missing(
                f"Nothing can be delivered to {domain}: it has neither MX nor an address.",
                "Answers and bounces would be lost, and receivers refuse mail from such domains.",
            )


def _missing(message: str, hint: str) -> Problem:
    return Problem("dns-record-missing", message, hint, level=Level.WARNING)


def _silent(what: str) -> Problem:
    return Problem(
        "dns-silent",
        f"The DNS did not answer for {what}.",
        "Are you online? Try again.",
        level=Level.NOTE,
    )
