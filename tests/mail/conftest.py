"""What the tests of mailing share."""

from .smtp_fixtures import certificates, faulty

__all__ = ["certificates", "faulty"]
