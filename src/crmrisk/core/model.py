"""The two foundations of every typed value: `Value` (pydantic dataclasses) and `Model` (pydantic models).

Both are frozen, refuse unknown fields, compare by content, and turn pydantic's complaint into `InvalidValueError`, so
that one ``except CrmRiskError`` is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic_core import ErrorDetails

__all__ = ["VALUE", "Model", "Value"]

VALUE = ConfigDict(
    extra="forbid",
    arbitrary_types_allowed=True,
    allow_inf_nan=False,
    ser_json_inf_nan="constants",  # so that a NaN fails to be saved; by default it would silently become null
)
"""Configuration of value objects: ``@dataclass(frozen=True, config=VALUE)``."""


def _problem(owner: type, error: ErrorDetails) -> Problem:
    names = [str(part) for part in error["loc"]]
    fields = tuple(getattr(owner, "__dataclass_fields__", ()))
    if names and isinstance(error["loc"][0], int) and error["loc"][0] < len(fields):  # a positional argument
        names[0] = fields[error["loc"][0]]
    got = "nothing" if error["type"] == "missing" else repr(error["input"])[:200]
    return Problem(what=_complaint(error), where=".".join([owner.__name__, *names]), got=got)


def _complaint(error: ErrorDetails) -> str:
    """Say what pydantic says, but bounds such as 1e-100 not digit by digit, and nothing of its own machinery."""
    bound = next((limit for limit in error.get("ctx", {}).values() if isinstance(limit, float)), None)
    said = error["msg"].removeprefix("Value error, ")
    return said if bound is None else f"{said.rsplit(' ', 1)[0]} {bound:g}"


def _say(value: object, printer: Any, _: object) -> None:
    """Show notebooks what `str` says, which is written to be read."""
    printer.text(str(value))


class _Explained:
    """Turn pydantic's complaint into `InvalidValueError`, every problem listed."""

    @model_validator(mode="wrap")
    @classmethod
    def _explain(cls, data: Any, handler: Callable[[Any], Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            problems = [_problem(cls, detail) for detail in error.errors()]
            raise InvalidValueError(*problems) from None


class Value(_Explained):
    """Give a pydantic dataclass its JSON form and crmrisk's errors.

    Examples
    --------
    >>> from pydantic.dataclasses import dataclass
    >>> @dataclass(frozen=True, config=VALUE)
    ... class Weight(Value):
    ...     kilogram: float
    >>> Weight(3).to_json()
    '{"kilogram":3.0}'
    >>> Weight.from_json('{"kilogram":3.0}') == Weight(3)
    True
    >>> Weight("heavy")
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: Weight.kilogram: Input should be a valid number, ...; got: 'heavy'
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._repr_pretty_ = _say  # type: ignore[attr-defined] # notebooks look for it beside each generated __repr__

    def to_json(self) -> str:
        """Write the value as JSON.

        Returns
        -------
        The JSON text.
        """
        return TypeAdapter(type(self)).dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a value from its JSON form.

        Parameters
        ----------
        text
            What `to_json` wrote.

        Raises
        ------
        InvalidValueError
            If the text is not such a value.
        """
        try:
            return TypeAdapter(cls).validate_json(text)
        except ValidationError as error:
            raise InvalidValueError(*(_problem(cls, detail) for detail in error.errors())) from None

    def model_dump_json(self) -> str:
        """Write the value as JSON, under the name pydantic models have for it.

        Returns
        -------
        The JSON text.
        """
        return self.to_json()

    @classmethod
    def model_validate_json(cls, text: str | bytes) -> Self:
        """Read a value from its JSON form, under the name pydantic models have for it.

        Parameters
        ----------
        text
            What `model_dump_json` wrote.

        Raises
        ------
        InvalidValueError
            If the text is not such a value.
        """
        return cls.from_json(text)


class Model(_Explained, BaseModel):
    """Give a pydantic model crmrisk's conventions: frozen, no unknown fields, no NaN, crmrisk's errors.

    Examples
    --------
    >>> class Visit(Model):
    ...     customer_id: str
    >>> Visit(customer_id="C1").model_dump_json()
    '{"customer_id":"C1"}'
    >>> Visit(name="C1")
    Traceback (most recent call last):
    crmrisk.core.errors.InvalidValueError: 2 problems:
      - Visit.customer_id: Field required; got: nothing
      - Visit.name: Extra inputs are not permitted; got: 'C1'
    """

    model_config: ClassVar[ConfigDict] = VALUE | ConfigDict(frozen=True)

    if not TYPE_CHECKING:  # type checkers know better which arguments and fields there are

        def __new__(cls, *values: object, **_: object) -> Self:
            """Name the fields to who gives values without names, instead of Python's word on ``BaseModel``."""
            if values:
                names = ", ".join(f"{name}=..." for name in cls.model_fields)
                msg = f"{cls.__name__} takes its fields by name: {cls.__name__}({names})"
                raise TypeError(msg)
            return super().__new__(cls)

        def __setattr__(self, name: str, value: object) -> None:
            try:
                super().__setattr__(name, value)
            except ValidationError:
                where, remedy = f"{type(self).__name__}.{name}", "take a changed copy: model_copy(update={...})"
                raise InvalidValueError(Problem(what="is frozen", where=where, remedy=remedy)) from None

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy the model, with changes that are checked as everywhere.

        Parameters
        ----------
        update
            Field to its new value.
        deep
            Whether what it holds is copied as well.

        Raises
        ------
        InvalidValueError
            If the copy would be no such model.
        """
        copy = super().model_copy(deep=deep)
        if not update:
            return copy
        return type(self).model_validate({name: getattr(copy, name) for name in type(self).model_fields} | {**update})

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """Read a model from its JSON form.

        Parameters
        ----------
        json_data
            What ``model_dump_json`` wrote.
        **options
            For ``pydantic.BaseModel.model_validate_json``.

        Raises
        ------
        InvalidValueError
            If the text is not JSON, or not such a model.
        """
        try:
            return super().model_validate_json(json_data, **options)
        except ValidationError as error:  # text that is no JSON never reaches the validator above
            raise InvalidValueError(*(_problem(cls, detail) for detail in error.errors())) from None
