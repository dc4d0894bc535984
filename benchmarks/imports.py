"""How long does `import crmrisk` take, next to the three libraries it cannot do without?

Usage: python benchmarks/imports.py [--runs 9] [--check]

Each run is a fresh interpreter that times the import itself; the two imports take turns, so that a busy machine slows
both. The figure is the ratio of the medians. The bar is 1.3; with --check the script fails beyond it.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

BAR = 1.3
IMPORTS = {
    "numpy, pydantic, narwhals": "import numpy, pydantic, narwhals",
    "crmrisk": "import crmrisk",
    "crmrisk, first value used": "import crmrisk; crmrisk.Measure.probability; crmrisk.Portfolio",
}
CLOCK = "from time import perf_counter as now; start = now(); {statement}; print(now() - start)"


def seconds(statement: str) -> float:
    """Time one import in an interpreter of its own."""
    command = [sys.executable, "-c", CLOCK.format(statement=statement)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - ourselves


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9, help="interpreters started for each import")
    parser.add_argument("--check", action="store_true", help=f"fail if the ratio is above {BAR}")
    options = parser.parse_args()
    for statement in IMPORTS.values():
        seconds(statement)  # once, so that byte code is compiled and files are in the cache
    times: dict[str, list[float]] = {name: [] for name in IMPORTS}
    for _ in range(options.runs):
        for name, statement in IMPORTS.items():
            times[name].append(seconds(statement))
    median = {name: statistics.median(values) for name, values in times.items()}
    base = median["numpy, pydantic, narwhals"]
    for name, value in median.items():
        print(f"{name:28} {1000 * value:6.0f} ms   ratio {value / base:.2f}")
    return int(options.check and median["crmrisk"] / base > BAR)


if __name__ == "__main__":
    sys.exit(main())
