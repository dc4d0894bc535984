# ruff: noqa: INP001 - a script
"""Fail if a built page loads anything from another address: the documentation must read the same offline.

Usage: python .ci/offline_pages.py FOLDER
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

# What a browser fetches by itself; a link that a reader may follow is no concern.
_FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|audio|video|embed)\b[^>]*\bsrc\s*=\s*["'](?:https?:)?//[^"']+"""
    r"""|<link\b(?=[^>]*\brel\s*=\s*["'](?:stylesheet|preload|icon|modulepreload))[^>]*\bhref\s*=\s*["'](?:https?:)?//[^"']+"""
    r"""|url\(\s*["']?(?:https?:)?//[^)]+""",
    re.IGNORECASE,
)


def remote_addresses(folder: Path) -> list[str]:
    """List every remote address that a page or style sheet under a folder would fetch."""
    pages = [path for suffix in ("*.html", "*.css") for path in sorted(folder.rglob(suffix))]
    if not pages:
        sys.exit(f"{folder}: no page was built")
    texts = ((path, path.read_text(encoding="utf-8", errors="replace")) for path in pages)
    return [f"{path}: {found.group(0)[:200]}" for path, text in texts for found in _FETCHED.finditer(text)]


if __name__ == "__main__":
    remote = remote_addresses(Path(sys.argv[1]))
    sys.exit("\n".join(remote) if remote else 0)
