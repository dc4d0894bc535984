# ruff: noqa: INP001 - a script
"""Print the command of the README's n-th bash block, exactly as a newcomer reads it.

Usage: python .ci/readme_command.py N
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_BLOCK = re.compile(r"```(?:bash|sh|console|shell)\n(.*?)```", re.DOTALL)


def command(number: int) -> str:
    """Return the one command of the n-th block, counted from 1."""
    readme = Path(__file__).resolve().parent.parent / "README.md"
    blocks = _BLOCK.findall(readme.read_text(encoding="utf-8"))
    if len(blocks) < number:
        sys.exit(f"README.md: no bash block {number}; two are expected (run the main job; run the tests)")
    lines = [line.strip().removeprefix("$ ") for line in blocks[number - 1].splitlines()]
    commands = [line for line in lines if line and not line.startswith("#")]
    if len(commands) != 1:
        sys.exit(f"README.md: bash block {number} must be one command, found {len(commands)}")
    return commands[0]


if __name__ == "__main__":
    sys.stdout.write(command(int(sys.argv[1])) + "\n")
