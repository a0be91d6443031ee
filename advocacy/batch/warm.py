"""Imported by the process that workers for PDFs are forked from, so that none loads it itself."""

import contextlib

with contextlib.suppress(Exception):  # what is missing is told by the run that needs it
    import advocacy.documents.pdf.render  # noqa: F401
