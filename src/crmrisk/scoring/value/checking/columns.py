"""What every table of checks is: a few named columns that never change, a frame and a picture of text."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, ClassVar

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Columns"]


class Columns:
    """Hold columns of one length, read-only; a subclass is a dataclass whose array fields are the columns.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from crmrisk.core.arrays import FloatArray
    >>> @dataclass(frozen=True, eq=False, repr=False)
    ... class Ages(Columns):
    ...     age: FloatArray
    >>> Ages(np.array([3.0, 4.0]))
    Ages
       age
    0  3.0
    1  4.0
    """

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __post_init__(self) -> None:
        for each in fields(self):  # type: ignore[arg-type]  # subclasses are dataclasses
            value = getattr(self, each.name)
            if isinstance(value, np.ndarray):
                copy = value.copy()
                copy.flags.writeable = False
                object.__setattr__(self, each.name, copy)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        mine, theirs = vars(self), vars(other)
        return all(np.array_equal(value, theirs[name], equal_nan=_floats(value)) for name, value in mine.items())

    def __len__(self) -> int:
        return len(next(value for value in vars(self).values() if isinstance(value, np.ndarray)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}\n{self.frame().to_string()}"

    def _repr_html_(self) -> str:
        return str(self.frame().to_html(index=False))

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per group or period."""
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.DataFrame({name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)})


def _floats(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"
