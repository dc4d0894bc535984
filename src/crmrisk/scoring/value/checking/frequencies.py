"""How many customers should have bought how often by now, and how many have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.charts import Chart
from crmrisk.scoring.value.checking.asking import expect_groups, expect_model
from crmrisk.scoring.value.checking.columns import Columns
from crmrisk.scoring.value.compact import compact
from crmrisk.scoring.value.histories import checked_columns, checked_weights

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray, ObjectArray
    from crmrisk.scoring.value.buying import BuyingUntilDropout
    from crmrisk.scoring.value.checking.holdout import PurchaseHistories

__all__ = ["FrequencyTable", "frequency_table", "group_labels"]


@dataclass(frozen=True, eq=False, repr=False)
class FrequencyTable(Columns):
    """Hold how many customers bought again so often, and how many the model expects to.

    Parameters
    ----------
    purchases
        Repeat purchases: 0, 1, ... and the open last group, ``(n_groups,)``.
    actual, expected
        Customers, ``(n_groups,)``; both add up to all of them.

    Examples
    --------
    See `frequency_table`.
    """

    purchases: ObjectArray
    actual: FloatArray
    expected: FloatArray

    def chart(self) -> Chart:
        """Return the bars of actual beside expected.

        Examples
        --------
        >>> from crmrisk.scoring.value import BetaGeoNBD
        >>> simulated = BetaGeoNBD(r=1, alpha=5, a=1, b=3).simulate([50.0] * 9, rng=np.random.default_rng(1))
        >>> frequency_table(BetaGeoNBD(r=1, alpha=5, a=1, b=3), simulated).chart().kind
        'bar'
        """
        return Chart.of(
            self.purchases,
            {"actual": self.actual, "expected": self.expected},
            title="Frequency of repeat purchases",
            x_label="repeat purchases in the calibration",
            y_label="customers",
            kind="bar",
        )


def frequency_table(
    model: BuyingUntilDropout, histories: PurchaseHistories, *, weights: ArrayLike | None = None, most: int = 7
) -> FrequencyTable:
    """Compare how often customers bought again with how often the model expects them to.

    Σ_i P(X(T_i) = n) customers are expected with n repeat purchases, each observed for the time T_i.

    Parameters
    ----------
    model
        The model, usually fitted to these histories; its time unit is theirs.
    histories
        What has ``frequency``, ``recency`` and ``age``: a `Holdout`, or simulated histories.
    weights
        How many customers each row stands for, ``(n_rows,)``.
    most
        The open last group: so many and more; 1,000 at most.

    Raises
    ------
    FitError
        If there is no customer.
    InvalidValueError
        If the model is none, a history is impossible, or the last group no whole number from 1 to 1,000.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> model = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> simulated = model.simulate(np.full(1000, 39.0), rng=np.random.default_rng(20261122))
    >>> frequency_table(model, simulated, most=3).frame().round(1)
      purchases  actual  expected
    0         0   535.0     573.8
    1         1   222.0     199.4
    2         2    89.0      85.4
    3        3+   154.0     141.4
    """
    expect_model(model)
    checked = {"frequency": histories.frequency, "recency": histories.recency, "age": histories.age}
    columns = checked_columns(checked)
    labels = group_labels(most)
    weight = checked_weights(weights, columns["age"].size)
    group = np.minimum(columns["frequency"], most).astype(np.int64)
    actual = np.bincount(group, weights=weight, minlength=most + 1).astype(np.float64)
    (age,), count = compact((columns["age"],), weight)
    few = np.array([count @ model.probability_of_purchases(np.full(age.shape, n), age) for n in range(most)])
    return FrequencyTable(labels, actual, np.append(few, max(count.sum() - few.sum(), 0.0)))


def group_labels(most: int) -> ObjectArray:
    """Name the groups 0, 1, ... and the open last one.

    Parameters
    ----------
    most
        Where the last one begins.

    Raises
    ------
    InvalidValueError
        If that is no whole number from 1 to 1,000.

    Examples
    --------
    >>> group_labels(2)
    array(['0', '1', '2+'], dtype=object)
    """
    expect_groups(most, where="most")
    return np.array([*(str(n) for n in range(most)), f"{most}+"], dtype=object)
