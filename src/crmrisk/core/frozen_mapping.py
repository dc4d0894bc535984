"""A mapping that stays as it is, and the mark that makes a field hold one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic_core import core_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler

__all__ = ["Frozen", "FrozenMapping"]

V = TypeVar("V")


class FrozenMapping(Mapping[str, V]):
    """Hold names and values; read-only, comparable with any mapping, hashable where its values are.

    Parameters
    ----------
    items
        What it holds; copied.

    Examples
    --------
    >>> weights = FrozenMapping({"gold": 2})
    >>> weights["gold"], weights == {"gold": 2}, hash(weights) == hash(FrozenMapping({"gold": 2}))
    (2, True, True)
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, V]) -> None:
        self._items = dict(items)

    def __getitem__(self, name: str) -> V:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return dict(self._items) == dict(other) if isinstance(other, Mapping) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)


class Frozen:
    """Mark a mapping field whose value becomes a `FrozenMapping`, so that a frozen component is frozen all through.

    Examples
    --------
    >>> from typing import Annotated
    >>> from pydantic import TypeAdapter
    >>> field = TypeAdapter(Annotated[Mapping[str, float], Frozen()])
    >>> field.validate_python({"gold": 2}), field.dump_json(FrozenMapping({"gold": 2.0}))
    ({'gold': 2.0}, b'{"gold":2.0}')
    """

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        plain = handler(source)
        return core_schema.no_info_after_validator_function(
            FrozenMapping,
            plain,
            serialization=core_schema.wrap_serializer_function_ser_schema(_as_dict, schema=plain),
        )


def _as_dict(value: Mapping[str, Any], serialize: Callable[[Any], Any]) -> Any:
    return serialize(dict(value))
