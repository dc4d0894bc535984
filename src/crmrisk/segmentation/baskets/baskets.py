"""Baskets: who bought what together, kept as a sparse table of ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from crmrisk.core.arrays import IntArray, ObjectArray, frozen_objects, same_arrays
from crmrisk.core.errors import Problem, RecordError
from crmrisk.core.frozen_mapping import FrozenMapping
from crmrisk.segmentation.baskets.evidence_lines import Each, evidence_lines
from crmrisk.segmentation.baskets.given import (
    cells_of_lists,
    cells_of_matrix,
    checked_cells,
    dtype_of,
    frame_of_pairs,
    is_frame,
    is_table_of_ones,
    items_asked,
)
from crmrisk.segmentation.baskets.reading import Missing, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    import pandas as pd
    from numpy.typing import ArrayLike, DTypeLike
    from scipy.sparse import csr_array

    from crmrisk.evidence import Evidence

__all__ = ["Baskets"]


@dataclass(frozen=True, eq=False, repr=False)
class Baskets:
    """Hold which baskets hold which items.

    A basket is an order, a visit or a customer; it holds an item or does not, however many pieces and lines there were.
    Make one with `from_frame`, `from_evidence`, `from_pairs`, `from_lists` or `from_matrix`.

    Parameters
    ----------
    basket_id
        Identifiers, sorted where they come from a column, ``(n_baskets,)``.
    items
        All items there are, sorted, ``(n_items,)``.
    rows, members
        Place of the basket and place of the item of every one in the table, ``(n_entries,)``; held sorted.
    left_out
        How many lines were left out, by reason.

    Raises
    ------
    RecordError
        If rows and members are no places in the table.
    PortfolioError
        If baskets or items are no columns.

    Examples
    --------
    >>> baskets = Baskets.from_lists([["milk", "bread"], ["bread"], ["bread", "beer", "bread"]])
    >>> baskets
    Baskets(3 baskets, 3 items, 1.67 items each)
    >>> dict(zip(baskets.items.tolist(), baskets.item_counts.tolist()))
    {'beer': 1, 'bread': 3, 'milk': 1}
    >>> baskets[2]
    ('beer', 'bread')
    """

    basket_id: ObjectArray
    items: ObjectArray
    rows: IntArray
    members: IntArray
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ids, items = frozen_objects(self.basket_id, where="basket_id"), frozen_objects(self.items, where="items")
        rows, members = checked_cells(self.rows, self.members, (ids.size, items.size))
        held = {"basket_id": ids, "items": items, "rows": rows, "members": members}
        for name, column in held.items():
            column.flags.writeable = False
            object.__setattr__(self, name, column)
        object.__setattr__(self, "left_out", FrozenMapping(self.left_out))

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        basket: str = "basket",
        item: str = "item",
        quantity: str | None = None,
        cancelled_prefix: str | None = None,
        missing: Missing = "error",
    ) -> Baskets:
        """Read lines of orders; distinct pairs are found in the engine that holds them.

        Parameters
        ----------
        frame
            One row per line: pandas, polars, pyarrow, a DuckDB relation or a Spark frame.
        basket, item
            The columns of what is bought together (an order, or a customer) and of what is bought.
        quantity
            The column of pieces, if there is one. Lines of 0 or fewer pieces are returns and left out; the order they
            return from keeps its item, because it was bought together with the others.
        cancelled_prefix
            How identifiers of cancelled orders begin, ``"C"`` in the Online Retail data; such orders are left out.
        missing
            Lines without basket, item or quantity: ``"error"`` refuses them, ``"exclude"`` leaves them out. Empty text
            is missing.

        Returns
        -------
        The baskets that hold an item; ``left_out`` counts lines that were not read.

        Raises
        ------
        SchemaError
            If columns are missing or of the wrong type.
        RecordError
            If something is missing that must not be, or no line remains.
        EngineError
            If the engine fails.
        InvalidValueError
            If a setting is none.

        Examples
        --------
        >>> import pandas as pd
        >>> sales = pd.DataFrame({"invoice": ["1", "1", "C2", "3"], "code": ["tea", "cup", "cup", "tea"],
        ...     "pieces": [6, 2, -2, 1]})
        >>> names = {"basket": "invoice", "item": "code", "quantity": "pieces"}
        >>> Baskets.from_frame(sales, **names, cancelled_prefix="C")
        Baskets(2 baskets, 2 items, 1.5 items each; left out: 1 cancelled)
        """
        names = {"basket": basket, "item": item, **({} if quantity is None else {"quantity": quantity})}
        lines = read_lines(frame, names, cancelled_prefix=cancelled_prefix, missing=missing)
        return cls(lines.basket_ids, lines.items, lines.basket_codes, lines.item_codes, lines.left_out)

    @classmethod
    def from_pairs(
        cls,
        baskets: ArrayLike,
        items: ArrayLike,
        *,
        quantities: ArrayLike | None = None,
        cancelled_prefix: str | None = None,
        missing: Missing = "error",
    ) -> Baskets:
        """Read columns of equal length: which basket holds which item.

        Parameters
        ----------
        baskets, items
            Identifiers, ``(n_lines,)``.
        quantities
            Pieces, ``(n_lines,)``.
        cancelled_prefix, missing
            As for `from_frame`.

        Raises
        ------
        SchemaError
            If they are no columns of one length, or of the wrong type.
        RecordError
            If something is missing that must not be, or no line remains.
        InvalidValueError
            If a setting is none.

        Examples
        --------
        >>> Baskets.from_pairs([7, 7, 8], ["tea", "cup", "tea"])[7]
        ('cup', 'tea')
        """
        frame = frame_of_pairs(baskets, items, quantities)
        quantity = None if quantities is None else "quantity"
        return cls.from_frame(frame, quantity=quantity, cancelled_prefix=cancelled_prefix, missing=missing)

    @classmethod
    def from_lists(cls, lists: Iterable[Iterable[Any]]) -> Baskets:
        """Read one collection of items per basket.

        Parameters
        ----------
        lists
            Baskets of text or whole numbers, in any order; an empty one counts as a basket.

        Returns
        -------
        Baskets numbered from 0 in the order given.

        Raises
        ------
        RecordError
            If there is no basket, or a basket is no collection of items.

        Examples
        --------
        >>> Baskets.from_lists([{"tea", "cup"}, ["tea"]])
        Baskets(2 baskets, 2 items, 1.5 items each)
        """
        n, items, rows, members = cells_of_lists(lists)
        return cls(_numbered(n), items, rows, members)

    @classmethod
    def from_matrix(cls, matrix: Any, *, items: ArrayLike | None = None) -> Baskets:
        """Read a table of zeros and ones, one row per basket and one column per item.

        Parameters
        ----------
        matrix
            A pandas frame, an array or a sparse matrix, ``(n_baskets, n_items)``.
        items
            The names of the columns; a frame has its own.

        Returns
        -------
        Baskets numbered from 0 in the order given.

        Raises
        ------
        RecordError
            If values are neither 0 nor 1, there is no row, or names do not fit.

        Examples
        --------
        >>> Baskets.from_matrix([[1, 0], [1, 1]], items=["tea", "cup"])[1]
        ('cup', 'tea')
        """
        n, names, rows, members = cells_of_matrix(matrix, items)
        return cls(_numbered(n), names, rows, members)

    @classmethod
    def from_evidence(cls, evidence: Evidence, as_of: date | datetime, *, each: Each = "day") -> Baskets:
        """Read what customers bought together up to a point in time.

        Parameters
        ----------
        evidence
            With transactions that name a ``product``; names are read as text.
        as_of
            Later records are not known. A date means its first moment.
        each
            ``"day"``: what a customer bought on one day; ``"customer"``: all that a customer bought.

        Raises
        ------
        InvalidValueError
            If it is no evidence, or a setting is none.
        SchemaError
            If there are no transactions, or they name no product.
        RecordError
            If nobody bought a product by then.

        Examples
        --------
        See `crmrisk.segmentation.baskets.evidence_lines.evidence_lines`.
        """
        lines = evidence_lines(evidence, as_of, each=each)
        return cls(lines.basket_ids, lines.items, lines.basket_codes, lines.item_codes, lines.left_out)

    @classmethod
    def of(cls, given: Any) -> Baskets:
        """Return baskets as they are; read lists of items, tables of zeros and ones, or lines of ``basket``, ``item``.

        Parameters
        ----------
        given
            Any of them.

        Raises
        ------
        RecordError
            If it is nothing of the kind.
        SchemaError
            If a frame has neither form.

        Examples
        --------
        >>> Baskets.of([["tea"], ["tea", "cup"]])
        Baskets(2 baskets, 2 items, 1.5 items each)
        """
        if isinstance(given, cls):
            return given
        if hasattr(given, "tocoo") or isinstance(given, np.ndarray):
            return cls.from_matrix(given, items=range(given.shape[-1]))
        if not is_frame(given):
            return cls.from_lists(given)
        return cls.from_matrix(given) if is_table_of_ones(given) else cls.from_frame(given)

    def __len__(self) -> int:
        return len(self.basket_id)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Baskets):
            return NotImplemented
        names = ("basket_id", "items", "rows", "members")
        return all(same_arrays(getattr(self, name), getattr(other, name)) for name in names)

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # arrays have no hash

    def __repr__(self) -> str:
        each = len(self.rows) / max(len(self), 1)
        dropped = ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in self.left_out.items())
        tail = f"; left out: {dropped}" if dropped else ""
        return f"Baskets({len(self):,} baskets, {len(self.items):,} items, {each:.3g} items each{tail})"

    def __getitem__(self, basket_id: object) -> tuple[Any, ...]:
        """Return the items of one basket, sorted."""
        found = np.flatnonzero(self.basket_id == basket_id)
        if not found.size:
            raise RecordError(
                Problem(what="no such basket", where=repr(basket_id)[:100], allowed=f"one of {len(self)}")
            )
        start, end = np.searchsorted(self.rows, [found[0], found[0] + 1])
        return tuple(self.items[self.members[start:end]])

    @cached_property
    def item_counts(self) -> IntArray:
        """How many baskets hold each item, ``(n_items,)``."""
        return np.bincount(self.members, minlength=len(self.items)).astype(np.int64)

    def matrix(self, dtype: DTypeLike = np.bool_) -> csr_array:
        """Return the table as a sparse matrix of ones.

        Parameters
        ----------
        dtype
            Of its values.

        Returns
        -------
        A new matrix, ``(n_baskets, n_items)``.

        Examples
        --------
        >>> Baskets.from_lists([["tea"], ["cup", "tea"]]).matrix(int).toarray()
        array([[0, 1],
               [1, 1]])
        """
        from scipy.sparse import csr_array  # noqa: PLC0415 - takes long to import

        starts = np.searchsorted(self.rows, np.arange(len(self) + 1))
        ones = np.ones(self.rows.size, dtype=dtype_of(dtype))
        return csr_array((ones, self.members.copy(), starts), shape=(len(self), len(self.items)))

    def without(self, items: Iterable[Any]) -> Baskets:
        """Leave out items that nobody chooses, such as postage; baskets that are empty then stay baskets.

        Parameters
        ----------
        items
            Which, or one.

        Raises
        ------
        RecordError
            If one of them is in no basket, or they are no items.

        Examples
        --------
        >>> Baskets.from_lists([["tea", "postage"], ["cup"]]).without(["postage"]).items
        array(['cup', 'tea'], dtype=object)
        """
        places = {item: place for place, item in enumerate(self.items.tolist())}
        asked = [items] if isinstance(items, str) else items_asked(items, where="items")
        strange, allowed = [item for item in asked if item not in places][:5], f"one of {len(self.items):,} items"
        if strange:
            raise RecordError(*(Problem(what="no such item", where=repr(i)[:100], allowed=allowed) for i in strange))
        kept = np.ones(len(self.items), dtype=np.bool_)
        kept[[places[item] for item in asked]] = False
        lines = kept[self.members]
        renumbered = (np.cumsum(kept) - 1)[self.members[lines]]
        return Baskets(self.basket_id, self.items[kept], self.rows[lines], renumbered, self.left_out)

    def frame(self) -> pd.DataFrame:
        """Return a pandas copy, one row per basket and item.

        Examples
        --------
        >>> Baskets.from_lists([["tea"]]).frame()
           basket item
        0       0  tea
        """
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        names = {"basket": self.basket_id[self.rows], "item": self.items[self.members]}
        return pd.DataFrame({name: pd.Series(values).infer_objects() for name, values in names.items()})


def _numbered(n: int) -> ObjectArray:
    return np.arange(n).astype(object)
