"""Conditions on what is known of a customer: typed, readable as JSON, and able to say in words whether they hold.

`Criterion` tests one column or label; `AllOf` and `AnyOf` combine; `Tagged` asks for a tag. Missing evidence never
meets a criterion. Whether it leaves the customer without an answer is for the reader of `Criterion.optional` to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias

import numpy as np
from pydantic import Discriminator, Field, Tag, model_validator
from pydantic.dataclasses import dataclass, rebuild_dataclass

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.fields import Several
from crmrisk.core.measures import LABEL, Input, Name
from crmrisk.core.model import VALUE, Value
from crmrisk.segmentation.wording import number_words, said_of_all, said_of_any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmrisk.core.arrays import BoolArray, ObjectArray
    from crmrisk.segmentation.facts import Facts

__all__ = ["AllOf", "AnyOf", "Condition", "Criterion", "Shift", "Tagged", "as_written", "inputs_of", "leaves"]

Shift: TypeAlias = Callable[[str, float], float]
"""How much harder than written a bound of a column is to meet; negative is easier."""

_TESTS = {"ge": (np.greater_equal, 1), "gt": (np.greater, 1), "le": (np.less_equal, -1), "lt": (np.less, -1)}


def as_written(column: str, bound: float) -> float:  # noqa: ARG001 - the signature of every shift
    """Leave a bound as it is.

    Parameters
    ----------
    column
        The column.
    bound
        The bound.

    Examples
    --------
    >>> as_written("revenue", 100.0)
    0.0
    """
    return 0.0


@dataclass(frozen=True, config=VALUE)
class Criterion(Value):
    """Test one column against bounds, or one label against names.

    Parameters
    ----------
    column
        The column or label of the portfolio: assets, revenue, contribution, lifetime value, need, risk tolerance, ...
    ge, gt, le, lt
        At least, above, at most, below [unit].
    one_of
        The names that will do.
    none_of
        The names that will not; a missing name does not do either.
    unit
        Unit of the column, where the portfolio states one; labels have none.
    optional
        Whether a customer without it is judged all the same, as one who does not meet it.

    Raises
    ------
    InvalidValueError
        If nothing is tested, bounds are crossed, or a number and a name are asked of one column.

    Examples
    --------
    >>> Criterion("revenue", ge=100)
    Criterion(column='revenue', ge=100.0, gt=None, le=None, lt=None, one_of=(), none_of=(), unit='', optional=False)
    >>> Criterion("risk_tolerance", one_of=["high", "medium"]).one_of
    ('high', 'medium')
    """

    column: Name
    ge: float | None = None
    gt: float | None = Field(default=None, kw_only=True)
    le: float | None = Field(default=None, kw_only=True)
    lt: float | None = Field(default=None, kw_only=True)
    one_of: Several[Name] = Field(default=(), kw_only=True)
    none_of: Several[Name] = Field(default=(), kw_only=True)
    unit: str = Field(default="", kw_only=True)
    optional: bool = Field(default=False, kw_only=True)

    @model_validator(mode="after")
    def _testable(self) -> Self:
        where, numbers = f"Criterion({self.column!r})", self.bounds
        names = bool(self.one_of or self.none_of)
        low = max((bound for test, bound in numbers.items() if _TESTS[test][1] > 0), default=-np.inf)
        high = min((bound for test, bound in numbers.items() if _TESTS[test][1] < 0), default=np.inf)
        strict = self.gt == low or self.lt == high
        wrong = (
            ("tests nothing", "ge, gt, le, lt, one_of or none_of", not numbers and not names),
            ("asks for a number and a name", "bounds, or names", bool(numbers) and names),
            ("bounds are crossed", "the lower first", low > high or (low == high and strict)),
            ("names that will do and will not", "either", bool({*self.one_of} & {*self.none_of})),
            ("is of a label, which has no unit", "unit=''", names and self.unit not in {"", LABEL}),
        )
        problems = [Problem(what=what, where=where, allowed=allowed) for what, allowed, found in wrong if found]
        if problems:
            raise InvalidValueError(*problems)
        return self

    @property
    def bounds(self) -> dict[str, float]:
        """The bounds that are set, by test."""
        given = {"ge": self.ge, "gt": self.gt, "le": self.le, "lt": self.lt}
        return {test: bound for test, bound in given.items() if bound is not None}

    @property
    def is_of_label(self) -> bool:
        """Whether it tests a name."""
        return not self.bounds

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it reads."""
        return (Input(self.column, LABEL if self.is_of_label else self.unit, optional=self.optional),)

    def met(self, facts: Facts, shift: Shift = as_written) -> BoolArray:
        """Tell who meets it.

        Parameters
        ----------
        facts
            What is known.
        shift
            How much harder than written the bounds are.

        Returns
        -------
        ``(n_customers,)``; never true where evidence is missing.

        Examples
        --------
        >>> from datetime import date
        >>> from crmrisk import Portfolio
        >>> from crmrisk.segmentation.facts import PortfolioFacts
        >>> book = Portfolio(["C1", "C2", "C3"], date(2026, 1, 31), {"revenue": [100, 99, None]})
        >>> Criterion("revenue", ge=100).met(PortfolioFacts(book))
        array([ True, False, False])
        """
        if self.is_of_label:
            among = facts.among(self.column, self.one_of) if self.one_of else facts.named(self.column)
            return among & ~facts.among(self.column, self.none_of) if self.none_of else among
        values = facts.numbers(self.column)
        met = np.ones(len(facts), dtype=np.bool_)
        for test, edge in self._edges(shift):
            met &= _TESTS[test][0](values, edge)
        return met

    def words(self, facts: Facts, shift: Shift = as_written) -> ObjectArray:
        """Say of each customer what meets it or what does not.

        Parameters
        ----------
        facts
            What is known.
        shift
            How much harder than written the bounds are.

        Returns
        -------
        Text, ``(n_customers,)``.

        Examples
        --------
        >>> from datetime import date
        >>> from crmrisk import Portfolio
        >>> from crmrisk.segmentation.facts import PortfolioFacts
        >>> book = Portfolio(["C1", "C2", "C3"], date(2026, 1, 31), {"revenue": [100, 99, None]})
        >>> Criterion("revenue", ge=100).words(PortfolioFacts(book)).tolist()
        ['revenue 100 >= 100', 'revenue 99 < 100', 'revenue missing']
        """
        if self.is_of_label:
            said = ["missing" if name is None else name for name in facts.names(self.column).tolist()]
            return np.array([*(f"{self.column} {name}" for name in said), None], dtype=object)[:-1]
        values = facts.numbers(self.column)
        parts = [
            (number_words(self.column, values, test, edge), _TESTS[test][0](values, edge))
            for test, edge in self._edges(shift)
        ]
        known = ~np.isnan(values)
        return np.where(known, said_of_all(parts), np.full(len(values), f"{self.column} missing", dtype=object))

    def _edges(self, shift: Shift) -> list[tuple[str, float]]:
        return [(test, bound + _TESTS[test][1] * shift(self.column, bound)) for test, bound in self.bounds.items()]


@dataclass(frozen=True, config=VALUE)
class Tagged(Value):
    """Ask for a tag.

    Parameters
    ----------
    tag
        The tag.
    present
        Whether the customer must have it, or must not.

    Examples
    --------
    >>> Tagged("vip").to_json()
    '{"tag":"vip","present":true}'
    """

    tag: Name
    present: bool = True

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What it reads of the columns: nothing."""
        return ()

    def met(self, facts: Facts, shift: Shift = as_written) -> BoolArray:
        """Tell who meets it, ``(n_customers,)``."""
        return np.equal(facts.tagged(self.tag), self.present)

    def words(self, facts: Facts, shift: Shift = as_written) -> ObjectArray:
        """Say who has the tag, ``(n_customers,)``."""
        return np.where(facts.tagged(self.tag), f"tagged {self.tag}", f"not tagged {self.tag}").astype(object)


@dataclass(frozen=True, config=VALUE)
class AllOf(Value):
    """Ask for every one of several conditions.

    Parameters
    ----------
    all_of
        The conditions, at least one.

    Examples
    --------
    >>> AllOf([Criterion("assets", ge=1e6), Criterion("need", one_of=["trading"])]).all_of[1].column
    'need'
    """

    all_of: Annotated[Several[Condition], Field(min_length=1)]

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the conditions read."""
        return inputs_of(self.all_of)

    def met(self, facts: Facts, shift: Shift = as_written) -> BoolArray:
        """Tell who meets all, ``(n_customers,)``."""
        met = np.ones(len(facts), dtype=np.bool_)
        for each in self.all_of:
            met &= each.met(facts, shift)
        return met

    def words(self, facts: Facts, shift: Shift = as_written) -> ObjectArray:
        """Say what is met where all are, and what is not where one is not, ``(n_customers,)``."""
        return said_of_all([(each.words(facts, shift), each.met(facts, shift)) for each in self.all_of])


@dataclass(frozen=True, config=VALUE)
class AnyOf(Value):
    """Ask for one of several conditions.

    Parameters
    ----------
    any_of
        The conditions, at least one.

    Examples
    --------
    >>> AnyOf([Criterion("points", ge=250_000), Criterion("segments", ge=60)]).inputs[0].name
    'points'
    """

    any_of: Annotated[Several[Condition], Field(min_length=1)]

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the conditions read."""
        return inputs_of(self.any_of)

    def met(self, facts: Facts, shift: Shift = as_written) -> BoolArray:
        """Tell who meets one at least, ``(n_customers,)``."""
        met = np.zeros(len(facts), dtype=np.bool_)
        for each in self.any_of:
            met |= each.met(facts, shift)
        return met

    def words(self, facts: Facts, shift: Shift = as_written) -> ObjectArray:
        """Say which is met first, and all where none is, ``(n_customers,)``."""
        return said_of_any([(each.words(facts, shift), each.met(facts, shift)) for each in self.any_of])


_BY_FIELD = {"column": "criterion", "tag": "tagged", "all_of": "all", "any_of": "any"}
_BY_CLASS = {Criterion: "criterion", Tagged: "tagged", AllOf: "all", AnyOf: "any"}


def _which(value: Any) -> str | None:
    if isinstance(value, dict):
        return next((kind for name, kind in _BY_FIELD.items() if name in value), None)
    return _BY_CLASS.get(type(value))


Condition: TypeAlias = Annotated[
    Annotated[Criterion, Tag("criterion")]
    | Annotated[Tagged, Tag("tagged")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")],
    Discriminator(
        _which,
        custom_error_type="no_condition",
        custom_error_message="should be a Criterion, AllOf, AnyOf or Tagged",
    ),
]
"""A field that holds any condition."""

for _class in (AllOf, AnyOf):
    rebuild_dataclass(_class, force=True)  # type: ignore[arg-type]  # pydantic's protocol of its own dataclasses


def inputs_of(conditions: Sequence[Condition]) -> tuple[Input, ...]:
    """Collect what conditions read; an input is optional where each of them can do without.

    Parameters
    ----------
    conditions
        Any number of them.

    Raises
    ------
    InvalidValueError
        If one column is read as a number and as a name, or in two units.

    Examples
    --------
    >>> [each.name for each in inputs_of([Criterion("age", ge=3), Criterion("age", lt=9), Criterion("need", ge=1)])]
    ['age', 'need']
    """
    read: dict[str, Input] = {}
    problems = []
    for each in (each for condition in conditions for each in condition.inputs):
        known = read.setdefault(each.name, each)
        if known.unit != each.unit:
            units = f"{known.unit or 'a number'} and {each.unit or 'a number'}"
            problems.append(Problem(what="one column is read in two ways", where=each.name, got=units))
        elif known.optional:
            read[each.name] = each
    if problems:
        raise InvalidValueError(*problems)
    return tuple(read.values())


def leaves(condition: Condition) -> Iterator[Criterion | Tagged]:
    """Walk through what a condition is made of.

    Parameters
    ----------
    condition
        Any condition.

    Examples
    --------
    >>> [leaf.column for leaf in leaves(AnyOf([Criterion("a", ge=1), AllOf([Criterion("b", ge=1)])]))]
    ['a', 'b']
    """
    if isinstance(condition, (Criterion, Tagged)):
        yield condition
    else:
        for each in condition.all_of if isinstance(condition, AllOf) else condition.any_of:
            yield from leaves(each)
