"""Covariances of the reference cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

ATTITUDE = (
    "128909 | 116388 154236 | 55214 79128 130244 | 77521 81132 61636 119849 | 64979 80598 49304 67981 94049 | "
    "16393 21516 15508 11717 33733 85181 | 16898 26766 37598 55852 53438 25096 92096"
)
HOLZINGER_SWINEFORD = (
    "1.36289774 | .40872923 1.38638981 | .58183232 .45256748 1.27911441 | .50651778 .20961978 .20886351 1.35516672 | "
    ".44208426 .21179471 .11267061 1.10141196 1.66531838 | .45632416 .24836972 .24492268 .89850076 1.01790579 1.20034624 | "
    ".08504799 -.09707352 .08863631 .22047507 .14347621 .14455865 1.18708326 | "
    ".26471714 .11002492 .21303038 .12601199 .18120723 .16598244 .53702937 1.02538942 | "
    ".45986634 .24482282 .37509875 .24417395 .29622547 .23678361 .37454154 .45884095 1.01838722"
)


def _symmetric(text: str) -> np.ndarray:
    rows = [[float(number) for number in row.split()] for row in text.split("|")]
    matrix = np.zeros((len(rows), len(rows)))
    for place, row in enumerate(rows):
        matrix[place, : place + 1] = matrix[: place + 1, place] = row
    return matrix


@pytest.fixture
def attitude() -> pd.DataFrame:
    """R's `attitude`, n 30, as covariances."""
    names = ["rating", "complaints", "privileges", "learning", "raises", "critical", "advance"]
    return pd.DataFrame(_symmetric(ATTITUDE) / 870, index=names, columns=names)


@pytest.fixture
def holzinger_swineford() -> pd.DataFrame:
    """Holzinger and Swineford 1939, n 301, x1 to x9, as covariances."""
    names = [f"x{number}" for number in range(1, 10)]
    return pd.DataFrame(_symmetric(HOLZINGER_SWINEFORD), index=names, columns=names)
