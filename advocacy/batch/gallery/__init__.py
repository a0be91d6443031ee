"""The gallery: one page with every stage, wording, language and sample recipient, for review."""

from advocacy.batch.gallery.making import Gallery, render_gallery

__all__ = ["Gallery", "render_gallery"]
