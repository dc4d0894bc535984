"""Components inside components: written as ``{"kind": ..., settings}``, read back by name and never by import path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic_core import core_schema

from crmrisk.core import registry
from crmrisk.core.errors import CrmRiskError, InvalidValueError, Problem, SavedModelError

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler

__all__ = ["ByKind", "dump_component", "load_component"]


def dump_component(component: object) -> dict[str, Any]:
    """Write a component as plain JSON data, its kind first.

    Parameters
    ----------
    component
        Any value or model with a ``kind`` that an installed distribution registers.

    Returns
    -------
    A tree of dictionaries, lists, text, numbers and ``None``.

    Raises
    ------
    SavedModelError
        If the component has no kind, or holds what JSON cannot express.

    Examples
    --------
    >>> from crmrisk.evidence import NoActivity
    >>> dump_component(NoActivity("transactions"))
    {'kind': 'crmrisk.no_activity', 'table': 'transactions'}
    """
    kind = getattr(component, "kind", "")
    name = type(component).__name__
    if not kind:
        raise SavedModelError(
            Problem(
                what="component without a kind",
                where=name,
                remedy=f'declare `class {name}(BaseScorer, kind="vendor.name")` and register the entry point',
            )
        )
    try:
        return {"kind": kind, **TypeAdapter(type(component)).dump_python(component, mode="json")}
    except Exception as error:
        if isinstance(error, SavedModelError):
            raise
        raise SavedModelError(Problem(what="cannot be written as JSON", where=name, got=str(error))) from error


def load_component(data: Mapping[str, Any]) -> Any:
    """Read a component from its JSON data.

    Parameters
    ----------
    data
        What `dump_component` wrote.

    Raises
    ------
    UnknownComponentError
        If no installed distribution registers the kind.
    InvalidValueError
        If the settings are not what the component allows.
    SavedModelError
        If the data name no kind.

    Examples
    --------
    >>> load_component({"kind": "crmrisk.no_activity", "table": "transactions"})
    NoActivity(table='transactions')
    """
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if not isinstance(kind, str):
        raise SavedModelError(Problem(what="component without a kind", got=repr(data)[:200]))
    settings = {name: value for name, value in data.items() if name != "kind"}
    try:
        return TypeAdapter(registry.component_class(kind)).validate_python(settings)
    except CrmRiskError:
        raise
    except Exception as error:  # a plugin's class need not be built on crmrisk's, and may raise anything
        got = f"{type(error).__name__}: {error}"[:300]
        raise InvalidValueError(Problem(what="settings it does not allow", where=kind, got=got)) from error


class ByKind:
    """Mark a field that holds any component which satisfies a protocol.

    Parameters
    ----------
    protocol
        A runtime-checkable protocol, or a class.

    Examples
    --------
    >>> from typing import Annotated
    >>> from crmrisk.core.scorers import Scorer
    >>> AnyScorer = Annotated[Scorer, ByKind(Scorer)]
    """

    def __init__(self, protocol: type) -> None:
        self.protocol = protocol

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._validate, serialization=core_schema.plain_serializer_function_ser_schema(dump_component)
        )

    def _validate(self, value: object) -> object:
        component = load_component(value) if isinstance(value, Mapping) else value
        if isinstance(component, type) or not isinstance(component, self.protocol):
            message = f"should be a {self.protocol.__name__}"
            raise ValueError(message)  # noqa: TRY004 - pydantic reports ValueError among the other problems
        return component
