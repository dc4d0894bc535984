"""What `crmrisk.satisfaction.survival.kaplan_meier` returns: a curve to read off, to draw and to keep."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from pydantic_core import core_schema

from crmrisk.core.arrays import same_arrays
from crmrisk.core.charts import Chart
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.estimate import Estimate
from crmrisk.satisfaction.answers import number_answers

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from pydantic import GetCoreSchemaHandler

    from crmrisk.core.arrays import BoolArray, FloatArray

__all__ = ["SurvivalCurve"]

_METHOD = "kaplan-meier log-log"


@dataclass(frozen=True, kw_only=True, eq=False)
class SurvivalCurve:
    """Hold the estimated probability that something has not happened by each time, with log-log limits.

    Parameters
    ----------
    time
        The distinct spans that were seen, ascending, in the unit they came in, ``(n_times,)``.
    at_risk
        Cases seen for at least that long to which it had not happened before.
    events
        Cases to which it happened then.
    survival
        S(t), the product of ``1 - events/at_risk`` up to and including t.
    standard_error
        Greenwood's; NaN where S(t) is 0.
    low, high
        The interval; NaN where S(t) is 0 or 1, where the log-log method has none.
    level
        Its nominal coverage.

    Examples
    --------
    >>> from crmrisk.satisfaction.survival import kaplan_meier
    >>> curve = kaplan_meier([2, 3, 3, 5], [True, True, False, True])
    >>> curve.survival, curve.at_risk
    (array([0.75, 0.5 , 0.  ]), array([4., 3., 1.]))
    """

    time: FloatArray
    at_risk: FloatArray
    events: FloatArray
    survival: FloatArray
    standard_error: FloatArray
    low: FloatArray
    high: FloatArray
    level: float = 0.95

    def __post_init__(self) -> None:
        columns = {name: np.array(values, dtype=np.float64) for name, values in self._columns().items()}
        shapes = {column.shape for column in columns.values()}
        if len(shapes) > 1 or columns["time"].ndim != 1 or not columns["time"].size:
            got = ", ".join(f"{name} {column.shape}" for name, column in columns.items())
            allowed = "columns of one length, at least 1"
            raise InvalidValueError(Problem(what="no curve", where="SurvivalCurve", allowed=allowed, got=got))
        for name, column in columns.items():
            column.flags.writeable = False
            object.__setattr__(self, name, column)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SurvivalCurve):
            return NotImplemented
        theirs = other._columns()
        return self.level == other.level and all(same_arrays(mine, theirs[n]) for n, mine in self._columns().items())

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # compared by content, so not hashable

    def __len__(self) -> int:
        return self.time.size

    def __repr__(self) -> str:
        until = f"{self.survival[-1]:.4g} are left at {self.time[-1]:g}"
        return f"Kaplan-Meier of {self.n:g} cases, {self.events.sum():g} of them observed to happen; {until}"

    @property
    def n(self) -> float:
        """The number of cases."""
        return float(self.at_risk[0])

    def survival_at(self, time: float) -> Estimate:
        """Estimate the probability that it has not happened by a time.

        Parameters
        ----------
        time
            In the unit of the curve.

        Returns
        -------
        S(t); its value is ``None`` beyond the last span that was seen, unless nobody was left by then.

        Raises
        ------
        InvalidValueError
            If the time is no number from 0.

        Examples
        --------
        >>> from crmrisk.satisfaction.survival import kaplan_meier
        >>> print(kaplan_meier([2, 3, 3, 5, 8], [True, True, False, True, False]).survival_at(4))
        0.6 [0.1257, 0.8818] (95 % kaplan-meier log-log, n 5)
        """
        place = int(np.searchsorted(self.time, _from_zero(time, "time"), side="right")) - 1
        if time > self.time[-1] and self.survival[-1] > 0.0:
            return self._estimate(None, None, None, None, f"nobody was observed beyond {self.time[-1]:g}")
        if place < 0 or self.survival[place] == 1.0:
            return self._estimate(1.0, 0.0, None, None, "nothing had happened so far: no interval")
        found = (self.survival, self.standard_error, self.low, self.high)
        value, error, low, high = (None if np.isnan(column[place]) else float(column[place]) for column in found)
        return self._estimate(value, error, low, high, *(() if low is not None else ("nobody is left: no interval",)))

    def incidence_at(self, time: float) -> Estimate:
        """Estimate the probability that it has happened by a time, 1 - S(t).

        Parameters
        ----------
        time
            In the unit of the curve.

        Raises
        ------
        InvalidValueError
            If the time is no number from 0.

        Examples
        --------
        >>> from crmrisk.satisfaction.survival import kaplan_meier
        >>> print(kaplan_meier([2, 3, 3, 5, 8], [True, True, False, True, False]).incidence_at(4))
        0.4 [0.1182, 0.8743] (95 % kaplan-meier log-log, n 5)
        """
        left = self.survival_at(time)
        value, low, high = (None if each is None else 1.0 - each for each in (left.value, left.high, left.low))
        return self._estimate(value, left.standard_error, low, high, *left.warnings)

    def quantile(self, share: float = 0.5) -> Estimate:
        """Estimate the time by which it has happened to a share of all: the median by default.

        Parameters
        ----------
        share
            Between 0 and 1.

        Returns
        -------
        The first time with ``S(t) <= 1 - share``, in the unit of the curve, ``None`` where so many were not observed;
        its interval holds the times at which the limits of the curve cross the same line.

        Raises
        ------
        InvalidValueError
            If the share is not between 0 and 1.

        References
        ----------
        Brookmeyer, R. and Crowley, J. (1982). A confidence interval for the median survival time. *Biometrics* 38.

        Examples
        --------
        >>> from crmrisk.satisfaction.survival import kaplan_meier
        >>> kaplan_meier([2, 3, 3, 5], [True, True, False, True]).quantile().value
        3.0
        """
        if not 0.0 < _from_zero(share, "share") < 1.0:
            raise InvalidValueError(Problem(what="no share", where="share", allowed="0 < share < 1", got=repr(share)))
        left = 1.0 - share + 1e-12  # products of fractions miss 0.5 by the last bit
        value, low, high = (self._first(column <= left) for column in (self.survival, self.low, self.high))
        return self._estimate(value, None, low, high, *(() if value is not None else ("not reached in what was seen",)))

    def frame(self) -> pd.DataFrame:
        """Show the curve as a data frame, one row per time.

        Returns
        -------
        A new frame, what a chart needs.

        Examples
        --------
        >>> from crmrisk.satisfaction.survival import kaplan_meier
        >>> kaplan_meier([1, 2], [1, 0]).frame()["survival"].tolist()
        [0.5, 0.5]
        """
        import pandas as pd  # noqa: PLC0415 - heavy, and only this method needs it

        return pd.DataFrame({name: column.copy() for name, column in self._columns().items()})

    def chart(self) -> Chart:
        """Return the picture of the curve as data: a staircase from 1, each step at the time something happened.

        Examples
        --------
        >>> from crmrisk.satisfaction.survival import kaplan_meier
        >>> kaplan_meier([1, 2], [1, 0]).chart().lines()["survival"]
        ([0.0, 1.0, 1.0, 2.0, 2.0], [1.0, 1.0, 0.5, 0.5, 0.5])
        """
        return Chart.of(
            np.repeat(np.append(0.0, self.time), 2)[1:],
            {"survival": _staircase(self.survival)},
            title=f"{100 * self.survival[-1]:.3g} % of {self.n:,.0f} cases are left after {self.time[-1]:g}",
            x_label="time since the start [unit of the data]",
            y_label=f"share left, {100 * self.level:g} % interval",
            intervals={"survival": (_staircase(self.low), _staircase(self.high))},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the curve as plain lists, ``None`` for NaN, so that it can be written as JSON.

        Examples
        --------
        >>> from crmrisk.satisfaction.survival import kaplan_meier
        >>> kaplan_meier([1], [1]).to_dict()["survival"]
        [0.0]
        """
        lists = {n: [None if np.isnan(x) else x for x in column.tolist()] for n, column in self._columns().items()}
        return {**lists, "level": self.level}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Self:
        """Rebuild a curve from `to_dict`.

        Parameters
        ----------
        record
            Its lists.

        Examples
        --------
        >>> from crmrisk.satisfaction.survival import kaplan_meier
        >>> curve = kaplan_meier([1, 4], [1, 0])
        >>> SurvivalCurve.from_dict(curve.to_dict()) == curve
        True
        """
        columns = {name: np.array(values, dtype=np.float64) for name, values in record.items() if name != "level"}
        return cls(**columns, level=record["level"])

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Let records that hold a curve be written as JSON and read again."""
        written = core_schema.plain_serializer_function_ser_schema(cls.to_dict)
        return core_schema.no_info_plain_validator_function(cls._given, serialization=written)

    @classmethod
    def _given(cls, value: object) -> SurvivalCurve:
        if isinstance(value, SurvivalCurve):
            return value
        if isinstance(value, dict):
            return cls.from_dict(value)
        message = "should be a SurvivalCurve"
        raise ValueError(message)

    def _columns(self) -> dict[str, FloatArray]:
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "level"}

    def _first(self, reached: BoolArray) -> float | None:
        return float(self.time[int(np.argmax(reached))]) if reached.any() else None

    def _estimate(
        self, value: float | None, error: float | None, low: float | None, high: float | None, *warnings: str
    ) -> Estimate:
        limits = {"standard_error": error, "low": low, "high": high, "level": self.level}
        return Estimate(value=value, **limits, method=_METHOD, n=self.n, warnings=warnings)  # type: ignore[arg-type] # all floats


def _staircase(values: FloatArray) -> FloatArray:
    """Hold 1 until the first time, and each value until the next."""
    return np.repeat(np.append(1.0, values), 2)[:-1]


def _from_zero(value: float, where: str) -> float:
    """Check one number."""
    number = float(number_answers([value], where=where)[0])
    if number < 0.0:
        raise InvalidValueError(Problem(what="negative", where=where, allowed=">= 0", got=repr(value)))
    return number
