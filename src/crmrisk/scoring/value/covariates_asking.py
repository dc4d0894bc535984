"""Ask about customers with covariates: what any model of buying answers, with covariates beside the history."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from crmrisk.core.model import Model
from crmrisk.scoring.value.covariate_columns import checked_covariates
from crmrisk.scoring.value.row_by_row import (
    alive,
    answers,
    customers,
    expected,
    likelihood,
    none_bought,
    number_bought,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.buying import BuyingUntilDropout

__all__ = ["AskedWithCovariates"]


class AskedWithCovariates(Model):
    """Answer for customers who each have parameters of their own, given by their covariates.

    Arguments broadcast against each other; scalars give a scalar. A customer with a NaN anywhere is unrated and scores
    NaN.

    Examples
    --------
    >>> from crmrisk.scoring.value import ProportionalModel
    >>> issubclass(ProportionalModel, AskedWithCovariates)
    True
    """

    @property
    @abstractmethod
    def covariates(self) -> tuple[str, ...]:
        """Name the covariates, each once."""

    @abstractmethod
    def _model_of(self, columns: Mapping[str, FloatArray]) -> BuyingUntilDropout:
        """Give the model that stands for customers with these covariates, row by row."""

    def _answer(
        self,
        function: Callable[..., FloatArray],
        asked: Mapping[str, ArrayLike],
        history: tuple[ArrayLike | None, ArrayLike | None, ArrayLike | None],
        covariates: Mapping[str, ArrayLike],
    ) -> FloatArray:
        everyone = customers(asked, history, checked_covariates(covariates, self.covariates))
        return answers(function, everyone, self._model_of)

    def log_likelihood(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, *, covariates: Mapping[str, ArrayLike]
    ) -> FloatArray:
        """Compute each customer's log-likelihood.

        Parameters
        ----------
        frequency, recency, age
            The histories.
        covariates
            The covariates by name; a missing value leaves the customer unrated.

        Raises
        ------
        InvalidValueError
            If a history is impossible, or a covariate is missing, unknown or infinite.

        Examples
        --------
        >>> from crmrisk.scoring.value import BetaGeoNBD, ProportionalModel
        >>> model = ProportionalModel(base=BetaGeoNBD(r=0.25, alpha=4, a=0.8, b=2.5), purchase={"online": 0.5})
        >>> print(model.log_likelihood(0, 0, 40, covariates={"online": 0}).round(8))
        -0.59947382
        """
        return self._answer(likelihood, {}, (frequency, recency, age), covariates)

    def probability_alive(
        self, *, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, covariates: Mapping[str, ArrayLike]
    ) -> FloatArray:
        """Compute the probability that a customer has not dropped out.

        Parameters
        ----------
        frequency, recency, age
            The histories.
        covariates
            The covariates by name; a missing value leaves the customer unrated.

        Raises
        ------
        InvalidValueError
            If a history is impossible, or a covariate is missing, unknown or infinite.

        Examples
        --------
        >>> from crmrisk.scoring.value import BetaGeoNBD, ProportionalModel
        >>> base = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> model = ProportionalModel(base=base, dropout={"complained": 0.7})
        >>> model.probability_alive(frequency=2, recency=30.43, age=38.86, covariates={"complained": [0, 1]}).round(3)
        array([0.727, 0.569])
        """
        return self._answer(alive, {}, (frequency, recency, age), covariates)

    def expected_purchases(
        self,
        horizon: ArrayLike,
        *,
        frequency: ArrayLike | None = None,
        recency: ArrayLike | None = None,
        age: ArrayLike | None = None,
        covariates: Mapping[str, ArrayLike],
    ) -> FloatArray:
        """Compute the purchases expected within a horizon, of a known customer or of a new one.

        Parameters
        ----------
        horizon
            How far to look ahead [time unit].
        frequency, recency, age
            The histories: all three, or none for a customer who has just made a first purchase.
        covariates
            The covariates by name; a missing value leaves the customer unrated.

        Raises
        ------
        InvalidValueError
            If a history is impossible or incomplete, the horizon negative or not finite, or a covariate missing,
            unknown or infinite.

        Examples
        --------
        >>> from crmrisk.scoring.value import ParetoNBD, ProportionalModel
        >>> base = ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)
        >>> model = ProportionalModel(base=base, purchase={"first_amount": 0.01})
        >>> model.expected_purchases(52, covariates={"first_amount": [10, 100]}).round(3)
        array([1.628, 4.004])
        """
        return self._answer(expected, {"horizon": horizon}, (frequency, recency, age), covariates)

    def probability_of_no_purchase(
        self,
        horizon: ArrayLike,
        *,
        frequency: ArrayLike,
        recency: ArrayLike,
        age: ArrayLike,
        covariates: Mapping[str, ArrayLike],
    ) -> FloatArray:
        """Compute the probability of no purchase within a horizon: attrition over that time.

        Parameters
        ----------
        horizon
            How far to look ahead [time unit].
        frequency, recency, age
            The histories.
        covariates
            The covariates by name; a missing value leaves the customer unrated.

        Raises
        ------
        InvalidValueError
            If a history is impossible, the horizon negative or not finite, or a covariate missing, unknown or infinite.

        Examples
        --------
        >>> from crmrisk.scoring.value import BetaGeoNBD, ProportionalModel
        >>> base = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> model = ProportionalModel(base=base, purchase={"online": 0.5})
        >>> history = {"frequency": 2, "recency": 30.43, "age": 38.86}
        >>> model.probability_of_no_purchase(13, **history, covariates={"online": [0, 1]}).round(4)
        array([0.6765, 0.67  ])
        """
        return self._answer(none_bought, {"horizon": horizon}, (frequency, recency, age), covariates)

    def probability_of_purchases(
        self,
        n: ArrayLike,
        horizon: ArrayLike,
        *,
        frequency: ArrayLike | None = None,
        recency: ArrayLike | None = None,
        age: ArrayLike | None = None,
        covariates: Mapping[str, ArrayLike],
    ) -> FloatArray:
        """Compute the probability of exactly n purchases within a horizon, by a known customer or by a new one.

        Parameters
        ----------
        n
            Numbers of repeat purchases.
        horizon
            How far to look ahead [time unit].
        frequency, recency, age
            The histories: all three, or none for a customer who has just made a first purchase.
        covariates
            The covariates by name; a missing value leaves the customer unrated.

        Raises
        ------
        InvalidValueError
            If n is no whole number from 0, a history is impossible or incomplete, the horizon negative or not finite,
            or a covariate missing, unknown or infinite.

        Examples
        --------
        >>> from crmrisk.scoring.value import BetaGeoNBD, ProportionalModel
        >>> base = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> model = ProportionalModel(base=base, purchase={"online": 0.5})
        >>> model.probability_of_purchases([0, 1, 2], 39, covariates={"online": 1}).round(4)
        array([0.5132, 0.2079, 0.094 ])
        """
        return self._answer(number_bought, {"n": n, "horizon": horizon}, (frequency, recency, age), covariates)
