"""How the complete rows of a driver study were drawn: their weights, and the units behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from crmrisk.satisfaction.answers import survey_weights
from crmrisk.satisfaction.sample_units import drawn_sample

if TYPE_CHECKING:
    from crmrisk.core.arrays import FloatArray
    from crmrisk.satisfaction.drivers.table import DriverTable
    from crmrisk.satisfaction.sample_units import PopulationSizes, SampleUnits

__all__ = ["SampleDesign", "row_weights", "sample_design"]


class SampleDesign(NamedTuple):
    """Hold what complete rows weigh and the units they were drawn in.

    Parameters
    ----------
    weights
        Of mean 1, ``(n_rows,)``.
    units
        The units.

    Examples
    --------
    >>> from crmrisk.satisfaction.sample_units import sample_units
    >>> SampleDesign(np.ones(4), sample_units(4, clusters=["a", "a", "b", "c"])).freedom
    2
    """

    weights: FloatArray
    units: SampleUnits

    @property
    def freedom(self) -> int:
        """Return units less strata, the degrees of freedom of a variance."""
        return max(self.units.stratum.size - int(np.count_nonzero(self.units.drawn)), 1)


def row_weights(
    n_rows: int, *, weights: Any, strata: Any, clusters: Any, population: PopulationSizes | None
) -> FloatArray | None:
    """Find what every row weighs.

    Parameters
    ----------
    n_rows
        How many rows there are.
    weights, strata, clusters, population
        As for `design_mean`.

    Returns
    -------
    Weights, ``None`` where nothing is known of how the sample was drawn.

    Raises
    ------
    RecordError, InvalidValueError
        As for `design_mean`.

    Examples
    --------
    >>> population = {"shop": 2, "web": 10}
    >>> row_weights(3, weights=None, strata=["shop", "web", "shop"], clusters=None, population=population)
    array([0.1, 1. , 0.1])
    """
    if all(each is None for each in (weights, strata, clusters, population)):
        return None
    if weights is not None:
        return survey_weights(weights, n_rows)
    found: FloatArray = drawn_sample(np.zeros(n_rows), strata=strata, clusters=clusters, population=population)[1]
    return found


def sample_design(
    table: DriverTable, *, strata: Any, clusters: Any, population: PopulationSizes | None
) -> SampleDesign:
    """Find the units of the rows that are used.

    Parameters
    ----------
    table
        The complete rows and their weights.
    strata, clusters, population
        As for `design_mean`, of every row that was read.

    Returns
    -------
    The design; units without a row that is used are gone.

    Raises
    ------
    RecordError, InvalidValueError
        As for `design_mean`.

    Examples
    --------
    >>> from crmrisk.satisfaction.drivers.table import driver_table
    >>> table = driver_table([3, 5, None, 4], {"price": [2, 5, 4, 4]}, missing="exclude")
    >>> sample_design(table, strata=None, clusters=["a", "b", "c", "b"], population=None).units.unit
    array([0, 1, 1])
    """
    weights = np.zeros(table.n_read)
    weights[table.kept] = table.weights
    drawn = drawn_sample(weights, weights=weights, strata=strata, clusters=clusters, population=population)
    return SampleDesign(table.weights, drawn[2])
