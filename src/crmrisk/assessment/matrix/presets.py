"""Ready-made matrices with real cut points: 3x3, 4x4 and 5x5.

Likelihood and consequence grow by factors of about three to five per step, as losses and probabilities do, instead of
by the equal steps that 1-to-5 scales pretend. On the axes given here every preset satisfies Cox's axioms; with other
axes ask `RiskMatrix.check`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PRESETS", "Preset"]


class Preset(NamedTuple):
    """Describe a ready-made matrix.

    Parameters
    ----------
    likelihood_edges, consequence_edges
        Cut points of the rows and of the columns.
    picture
        The grades as a reader draws them, highest likelihood first: L, M, H, E.
    likelihood_labels, consequence_labels
        Names of the rows and columns, lowest first.

    Examples
    --------
    >>> PRESETS["3x3"].picture
    ('LMH', 'LMM', 'LLL')
    """

    likelihood_edges: tuple[float, ...]
    consequence_edges: tuple[float, ...]
    picture: tuple[str, ...]
    likelihood_labels: tuple[str, ...]
    consequence_labels: tuple[str, ...]


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "3x3": Preset(
            likelihood_edges=(0.0, 0.05, 0.25, 1.0),
            consequence_edges=(0.0, 500.0, 2_500.0, 10_000.0),
            picture=("LMH", "LMM", "LLL"),
            likelihood_labels=("unlikely", "possible", "likely"),
            consequence_labels=("minor", "moderate", "major"),
        ),
        "4x4": Preset(
            likelihood_edges=(0.0, 0.03, 0.1, 0.3, 1.0),
            consequence_edges=(0.0, 100.0, 300.0, 1_000.0, 3_000.0),
            picture=("LHHE", "LMHE", "LMMH", "LLLL"),
            likelihood_labels=("unlikely", "possible", "likely", "almost certain"),
            consequence_labels=("minor", "moderate", "major", "catastrophic"),
        ),
        "5x5": Preset(
            likelihood_edges=(0.0, 0.01, 0.03, 0.1, 0.3, 1.0),
            consequence_edges=(0.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0),
            picture=("LHHEE", "LMHEE", "LMMHH", "LMMMH", "LLLLL"),
            likelihood_labels=("rare", "unlikely", "possible", "likely", "almost certain"),
            consequence_labels=("insignificant", "minor", "moderate", "major", "catastrophic"),
        ),
    }
)
"""Ready-made matrices by name."""
