"""Strengths, weaknesses, opportunities and threats as a typed record, every entry with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, get_args

from pydantic import Field, StringConstraints, field_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import check_choice
from crmrisk.core.model import VALUE, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

__all__ = ["SwotEntry", "SwotHeading", "SwotTable"]

SwotHeading: TypeAlias = Literal["strengths", "weaknesses", "opportunities", "threats"]
"""The four parts of the table."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Weight = Annotated[float, Field(ge=0)]


@dataclass(frozen=True, config=VALUE)
class SwotEntry(Value):
    """Hold one entry: what it is, what says so, and how much it weighs.

    Parameters
    ----------
    text
        The entry in a few words.
    evidence
        What says so, for a reader who doubts it.
    weight
        How much it weighs beside the others, where known; entries are shown in this order.

    Raises
    ------
    InvalidValueError
        If the text is empty or the weight negative.

    Examples
    --------
    >>> print(SwotEntry("transfers are secure", evidence="must-be for 310 of 358 customers, met 97 %"))
    transfers are secure (must-be for 310 of 358 customers, met 97 %)
    """

    text: Text
    evidence: str = ""
    weight: Weight | None = None

    def __str__(self) -> str:
        return f"{self.text} ({self.evidence})" if self.evidence else self.text


@dataclass(frozen=True, kw_only=True, config=VALUE)
class SwotTable(Value):
    """Hold strengths and weaknesses of one's own, opportunities and threats from outside.

    Parameters
    ----------
    strengths, weaknesses, opportunities, threats
        Entries; a plain text is an entry without evidence.
    unrated
        What could not be placed for lack of evidence.
    title
        What the table is about.

    Raises
    ------
    InvalidValueError
        If something is no entry.

    Examples
    --------
    >>> table = SwotTable(strengths=["secure transfers"], threats=[SwotEntry("new rival", evidence="entered in May")])
    >>> print(table)
    Strengths
      - secure transfers
    Weaknesses
      (none)
    Opportunities
      (none)
    Threats
      - new rival (entered in May)
    """

    strengths: tuple[SwotEntry, ...] = ()
    weaknesses: tuple[SwotEntry, ...] = ()
    opportunities: tuple[SwotEntry, ...] = ()
    threats: tuple[SwotEntry, ...] = ()
    unrated: tuple[Text, ...] = ()
    title: str = ""

    @field_validator("strengths", "weaknesses", "opportunities", "threats", mode="before")
    @classmethod
    def _entries(cls, entries: Any) -> Any:
        if isinstance(entries, str):  # a text is a sequence too, of letters
            return (SwotEntry(entries),)
        if not isinstance(entries, list | tuple):
            return entries
        return tuple(SwotEntry(each) if isinstance(each, str) else each for each in entries)

    def __getitem__(self, heading: str) -> tuple[SwotEntry, ...]:
        check_choice(heading, get_args(SwotHeading), where="SwotTable", what="no heading")
        found: tuple[SwotEntry, ...] = getattr(self, heading)
        return found

    def __iter__(self) -> Iterator[tuple[str, tuple[SwotEntry, ...]]]:
        return iter([(heading, self[heading]) for heading in get_args(SwotHeading)])

    def __len__(self) -> int:
        return sum(len(entries) for _, entries in self)

    def __str__(self) -> str:
        lines = [self.title] if self.title else []
        for heading, entries in self:
            lines += [heading.capitalize(), *([f"  - {entry}" for entry in entries] or ["  (none)"])]
        return "\n".join([*lines, *([f"Unrated: {', '.join(self.unrated)}"] if self.unrated else [])])

    def frame(self) -> pd.DataFrame:
        """Show the table as a pandas frame, one row per entry.

        Returns
        -------
        Heading, text, evidence and weight.

        Examples
        --------
        >>> SwotTable(strengths=["secure transfers"]).frame()["heading"].tolist()
        ['strengths']
        """
        import pandas as pd  # noqa: PLC0415 - only who wants a frame pays for pandas

        rows = [(heading, entry.text, entry.evidence, entry.weight) for heading, entries in self for entry in entries]
        frame = pd.DataFrame(rows, columns=["heading", "text", "evidence", "weight"])
        return frame.astype({"weight": "float64"})
