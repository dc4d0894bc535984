"""Models by name: what a scorer or a comparison may be told, and how a model inside a saved file says which it is.

A name is the name of the class, ``"ParetoNBD"``. Fields of components take a name (fit it), an instance (use it as it
is) or nothing (the family's usual model), and are saved as ``"ParetoNBD"`` or ``{"model": "ParetoNBD", "r": ...}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeAlias, TypeVar

from pydantic_core import PydanticCustomError, core_schema

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.model import Model
from crmrisk.scoring.value.beta_discrete_weibull import BetaDiscreteWeibull
from crmrisk.scoring.value.beta_geo import BetaGeoNBD
from crmrisk.scoring.value.beta_geo_cnbd import BetaGeoCNBD, ModifiedBetaGeoCNBD
from crmrisk.scoring.value.buying import BuyingUntilDropout
from crmrisk.scoring.value.contract import ContractModel
from crmrisk.scoring.value.modified_beta_geo import ModifiedBetaGeoNBD
from crmrisk.scoring.value.pareto import ParetoNBD
from crmrisk.scoring.value.shifted_beta_geometric import ShiftedBetaGeometric

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler

__all__ = [
    "CONTRACTS",
    "PURCHASES",
    "AnyContractModel",
    "AnyPurchaseModel",
    "ContractModelOrName",
    "Family",
    "PurchaseModelOrName",
]

M = TypeVar("M", bound=Model)

TAG = "model"
"""The key under which a saved model says which it is."""


@dataclass(frozen=True, eq=False)
class Family(Generic[M]):
    """Hold the models that answer one kind of question, by name.

    Parameters
    ----------
    what
        What they are models of, for errors.
    usual
        The one that is meant where none is named.
    members
        Name to class.
    outsiders
        Models of another kind that somebody may expect here, and why they are none of these.

    Examples
    --------
    >>> PURCHASES.named("ParetoNBD").__name__
    'ParetoNBD'
    >>> PURCHASES.named("ParetoNDB")
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: no model of purchases has this name; ...; remedy: 'ParetoNBD'?
    """

    what: str
    usual: str
    members: Mapping[str, type[M]]
    outsiders: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The names, the usual one first."""
        return (self.usual, *(name for name in self.members if name != self.usual))

    def named(self, name: str) -> type[M]:
        """Find a model by its name.

        Parameters
        ----------
        name
            The name of its class.

        Raises
        ------
        InvalidValueError
            If no model has it; the error lists the names, the closest as remedy.

        Examples
        --------
        >>> CONTRACTS.named("BetaDiscreteWeibull") is BetaDiscreteWeibull
        True
        """
        if name in self.members:
            return self.members[name]
        raise InvalidValueError(
            Problem(
                what=f"no model of {self.what} has this name",
                allowed=", ".join(self.names),
                got=repr(name)[:100],
                remedy=self._remedy(name),
            )
        )

    def _remedy(self, name: str) -> str:
        if name in self.outsiders:
            return self.outsiders[name]
        lower = {each.lower(): each for each in self.members}
        close = get_close_matches(str(name).lower(), lower, n=1, cutoff=0.5)
        return f"{lower[close[0]]!r}?" if close else f"for instance {self.usual!r}"

    def dump(self, model: M | str) -> dict[str, Any] | str:
        """Write a model as plain JSON data that say which it is; a name stays a name.

        Parameters
        ----------
        model
            One of the family.

        Examples
        --------
        >>> CONTRACTS.dump(ShiftedBetaGeometric(alpha=0.7, beta=1.2))
        {'model': 'ShiftedBetaGeometric', 'alpha': 0.7, 'beta': 1.2}
        """
        return model if isinstance(model, str) else {TAG: type(model).__name__, **model.model_dump(mode="json")}

    def load(self, data: Mapping[str, Any]) -> M:
        """Read a model from what `dump` wrote; parameters that name no model are those of the usual one.

        Parameters
        ----------
        data
            The name and the parameters.

        Raises
        ------
        InvalidValueError
            If no model has the name, or the parameters are not what it allows.

        Examples
        --------
        >>> PURCHASES.load({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426})
        BetaGeoNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
        """
        return self.named(data.get(TAG, self.usual))(**{name: value for name, value in data.items() if name != TAG})


PURCHASES: Family[BuyingUntilDropout] = Family(
    "purchases",
    "BetaGeoNBD",
    MappingProxyType(
        {each.__name__: each for each in (BetaGeoNBD, ModifiedBetaGeoNBD, ParetoNBD, BetaGeoCNBD, ModifiedBetaGeoCNBD)}
    ),
    MappingProxyType({"NBD": "take one of these: NBD has no dropout, so nobody ever leaves"}),
)
"""Models of buying until an unseen dropout."""

CONTRACTS: Family[ContractModel] = Family(
    "contracts",
    "ShiftedBetaGeometric",
    MappingProxyType({each.__name__: each for each in (ShiftedBetaGeometric, BetaDiscreteWeibull)}),
)
"""Models of customers under contract, whose leaving is seen."""


@dataclass(frozen=True)
class ModelField:
    """Mark a field that holds a model of a family, or, in a specification, its name.

    Parameters
    ----------
    family
        Which models.
    by_name
        Whether a name will do; nothing at all then means the usual name.

    Examples
    --------
    >>> from pydantic import TypeAdapter
    >>> field = TypeAdapter(PurchaseModelOrName)
    >>> field.validate_python(None), field.validate_python("ParetoNBD")
    ('BetaGeoNBD', 'ParetoNBD')
    """

    family: Family[Any]
    by_name: bool

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._validate, serialization=core_schema.plain_serializer_function_ser_schema(self.family.dump)
        )

    def _validate(self, value: object) -> object:
        family = self.family
        if self.by_name and value is None:
            return family.usual
        if self.by_name and isinstance(value, type):  # a class is a name too
            value = value.__name__
        try:
            if self.by_name and isinstance(value, str):
                return family.named(value).__name__
            model = family.load(value) if isinstance(value, Mapping) else value
        except InvalidValueError as error:  # so that pydantic reports it among the other problems
            why = "; ".join(str(replace(problem, got="")) for problem in error.problems)
            raise PydanticCustomError("model", "{why}", {"why": why}) from None
        if type(model) not in family.members.values():
            allowed = f"{'a name or ' if self.by_name else ''}an instance of {', '.join(family.names)}"
            parts = {"what": family.what, "allowed": allowed}
            raise PydanticCustomError("model", "should be a model of {what}; allowed: {allowed}", parts)
        return model


AnyPurchaseModel: TypeAlias = Annotated[BuyingUntilDropout, ModelField(PURCHASES, by_name=False)]
"""A field that holds any model of purchases."""

PurchaseModelOrName: TypeAlias = Annotated[BuyingUntilDropout | str, ModelField(PURCHASES, by_name=True)]
"""A field that holds any model of purchases, or the name of the one to fit."""

AnyContractModel: TypeAlias = Annotated[ContractModel, ModelField(CONTRACTS, by_name=False)]
"""A field that holds any model of contracts."""

ContractModelOrName: TypeAlias = Annotated[ContractModel | str, ModelField(CONTRACTS, by_name=True)]
"""A field that holds any model of contracts, or the name of the one to fit."""
