"""What the tests of mailing share."""

from .postfix_fixture import postfix
from .smtp_fixtures import certificates, faulty

__all__ = ["certificates", "faulty", "postfix"]
