"""Proportional covariates: customers who are known to differ buy faster or leave sooner by a factor of their own.

What is known of a customer from the start (channel, region, the first basket) multiplies the rates of a model of
buying by ``exp(γ z)``. The formulas stay what they are: a customer with covariates is a customer of the base model with
parameters of their own. Coefficients are read like log-ratios, ``exp(γ)`` per unit of the covariate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field, field_validator

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.scoring.value.covariate_columns import checked_covariates
from crmrisk.scoring.value.covariates_asking import AskedWithCovariates
from crmrisk.scoring.value.histories import checked_numbers
from crmrisk.scoring.value.names import PURCHASES, AnyPurchaseModel
from crmrisk.scoring.value.pareto import ParetoNBD
from crmrisk.scoring.value.row_by_row import many
from crmrisk.scoring.value.time_spans import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray
    from crmrisk.scoring.value.buying import BuyingUntilDropout
    from crmrisk.scoring.value.proportional_fit import ProportionalFit
    from crmrisk.scoring.value.simulation import SimulatedHistories

__all__ = ["ProportionalModel"]

FARTHEST = 230.0
"""Logarithms of parameters beyond this are outside what a model can hold."""


class ProportionalModel(AskedWithCovariates):
    """Describe buying until dropout with covariates on the rates; base and coefficients are the model.

    Parameters
    ----------
    base
        The model of a customer whose covariates are all 0.
    purchase
        Coefficients on the purchase rate: ``alpha_i = alpha exp(-γ'z_i)``.
    dropout
        Coefficients on dropout: ``beta_i = beta exp(-γ'z_i)`` for Pareto/NBD, ``a_i = a exp(γ'z_i)`` for the others,
        where a counts leaving.
    staying
        Coefficients ``b_i = b exp(γ'z_i)``, where b counts staying; not for Pareto/NBD.

    Raises
    ------
    InvalidValueError
        If the base is none of the NBD family, a coefficient is not finite, or Pareto/NBD has `staying`.

    References
    ----------
    P. S. Fader and B. G. S. Hardie (2007), Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD
    models, note 019: sections 2 and 3. There, as in PyMC-Marketing, a and b have coefficients of their own; one
    vector for both with one sign, would leave the mean dropout probability where it is.

    Examples
    --------
    >>> from crmrisk.scoring.value import BetaGeoNBD
    >>> base = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> model = ProportionalModel(base=base, purchase={"online": 0.5}, dropout={"online": -0.2})
    >>> model.expected_purchases(39, frequency=2, recency=30.43, age=38.86, covariates={"online": [0, 1]}).round(4)
    array([1.226 , 1.3675])
    >>> ProportionalModel.model_validate_json(model.model_dump_json()) == model
    True
    """

    base: AnyPurchaseModel
    purchase: dict[str, float] = Field(default_factory=dict)
    dropout: dict[str, float] = Field(default_factory=dict)
    staying: dict[str, float] = Field(default_factory=dict)

    @field_validator("staying")
    @classmethod
    def _no_staying_without_b(cls, value: dict[str, float], info: Any) -> dict[str, float]:
        if value and isinstance(info.data.get("base"), ParetoNBD):
            message = "Pareto/NBD has no b: dropout alone takes coefficients"
            raise ValueError(message)
        return value

    def __hash__(self) -> int:
        return hash(self.model_dump_json())

    @property
    def covariates(self) -> tuple[str, ...]:
        """Name the covariates, each once."""
        return tuple(dict.fromkeys((*self.purchase, *self.dropout, *self.staying)))

    @classmethod
    def fit(
        cls,
        base: type[BuyingUntilDropout],
        frequency: ArrayLike,
        recency: ArrayLike,
        age: ArrayLike,
        *,
        purchase: Mapping[str, ArrayLike] | None = None,
        dropout: Mapping[str, ArrayLike] | None = None,
        weights: ArrayLike | None = None,
    ) -> ProportionalFit:
        """Fit base and coefficients by exact maximum likelihood.

        Parameters
        ----------
        base
            The kind of base model, for instance `BetaGeoNBD`. That of regular timing keeps the number of stages it has
            without covariates.
        frequency, recency, age
            The histories, ``(n_rows,)``.
        purchase
            Covariates of the purchase rate by name, ``(n_rows,)`` each: numbers or booleans; a mapping or a table.
        dropout
            Covariates of dropout by name; but for Pareto/NBD they get a coefficient on a and one on b each.
        weights
            How many customers each row stands for, ``(n_rows,)``.

        Returns
        -------
        The fit: coefficients with standard errors and p-values, and the test against no covariates. What is constant
        or determined by others is named and has a coefficient of 0.

        Raises
        ------
        FitError
            If there is no customer.
        InvalidValueError
            If the base is none of the NBD family, a history is not what it should be, or a covariate is missing
            somewhere, infinite or no number.

        Examples
        --------
        >>> from crmrisk.scoring.value import BetaGeoNBD
        >>> rng = np.random.default_rng(20261122)
        >>> online = rng.random(3000) < 0.4
        >>> base = BetaGeoNBD(r=1, alpha=4, a=0.8, b=3)
        >>> true = ProportionalModel(base=base, purchase={"online": 0.7})
        >>> seen = true.simulate(np.full(3000, 40.0), rng=rng, covariates={"online": online})
        >>> fit = ProportionalModel.fit(BetaGeoNBD, *seen[:3], purchase={"online": online})
        >>> coefficient = fit.coefficients[0]
        >>> coefficient.name, abs(coefficient.value - 0.7) < 3 * coefficient.standard_error
        ('purchase.online', True)
        """
        if base not in PURCHASES.members.values():
            allowed, got = ", ".join(PURCHASES.names), getattr(base, "__name__", repr(base))
            raise InvalidValueError(Problem(what="kind of model", where="base", allowed=allowed, got=got))
        from crmrisk.scoring.value.covariates_fit import fit_proportional  # noqa: PLC0415 - a fit holds a model

        columns = (frequency, recency, age, weights)
        on_purchase, on_dropout = ({} if each is None else each for each in (purchase, dropout))
        return fit_proportional(base, columns, purchase=on_purchase, dropout=on_dropout)

    def at(self, **covariates: float) -> BuyingUntilDropout:
        """Give the base model of one kind of customer, for everything models can do.

        Parameters
        ----------
        **covariates
            One value for each covariate.

        Raises
        ------
        InvalidValueError
            If a covariate is missing, unknown or not finite.

        Examples
        --------
        >>> from crmrisk.scoring.value import BetaGeoNBD
        >>> base = BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        >>> print(round(ProportionalModel(base=base, purchase={"online": 0.5}).at(online=1).alpha, 4))
        2.6772
        """
        columns = checked_covariates(covariates, self.covariates, n_rows=None)
        bad = [name for name, column in columns.items() if column.shape or not np.isfinite(column)]
        if bad:
            raise InvalidValueError(Problem(what="no finite number", where=", ".join(bad), allowed="one number each"))
        parameters = self._parameters({name: column.reshape(1) for name, column in columns.items()})
        return type(self.base)(**self.base.model_dump() | {name: float(value[0]) for name, value in parameters.items()})

    def simulate(
        self, age: ArrayLike, *, rng: np.random.Generator, covariates: Mapping[str, ArrayLike]
    ) -> SimulatedHistories:
        """Simulate customers observed from their first purchase on.

        Parameters
        ----------
        age
            How long each is observed [time unit], ``(n_customers,)``.
        rng
            The source of randomness.
        covariates
            The covariates by name, ``(n_customers,)`` or a number.

        Raises
        ------
        InvalidValueError
            If an age is negative or not finite, or a covariate missing, unknown or not finite.

        Examples
        --------
        >>> from crmrisk.scoring.value import BetaGeoNBD
        >>> model = ProportionalModel(base=BetaGeoNBD(r=1, alpha=4, a=0.8, b=3), purchase={"online": 3.0})
        >>> seen = model.simulate([40.0, 40.0], rng=np.random.default_rng(1), covariates={"online": [0, 1]})
        >>> seen.age
        array([40., 40.])
        """
        end = np.atleast_1d(checked_numbers({"age": age}, unit=DAY)["age"])
        given = checked_covariates(covariates, self.covariates)
        each = {name: column if column.shape else np.full(end.size, column) for name, column in given.items()}
        columns = checked_covariates(each, n_rows=end.size)
        return self._model_of(columns)._simulated(end, rng)  # noqa: SLF001 - the models' own parts

    def _parameters(self, columns: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Compute the parameters that covariates move, in the shape of the columns."""
        leaves = ("beta", -1.0) if isinstance(self.base, ParetoNBD) else ("a", 1.0)
        parts = {"alpha": (self.purchase, -1.0), leaves[0]: (self.dropout, leaves[1]), "b": (self.staying, 1.0)}
        parameters = {}
        for name, (coefficients, sign) in parts.items():
            if coefficients:
                effect = sum(value * columns[each] for each, value in coefficients.items())
                logs = np.log(getattr(self.base, name)) + sign * np.asarray(effect)
                if np.nanmax(np.abs(logs), initial=0.0) > FARTHEST:
                    what = f"covariates move {name} out of range"
                    remedy = "are they in the units of the fit?"
                    raise InvalidValueError(Problem(what=what, where="covariates", remedy=remedy))
                parameters[name] = np.exp(logs)
        return parameters

    def _model_of(self, columns: Mapping[str, FloatArray]) -> BuyingUntilDropout:
        return many(self.base, self._parameters(columns))
