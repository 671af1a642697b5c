"""Reading images: the layers of an archive, the root file system they make, and what in it is waste."""

from .archive import ArchiveError, Entry, Image, Layer, read_archive

__all__ = ["ArchiveError", "Entry", "Image", "Layer", "read_archive"]
