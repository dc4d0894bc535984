"""Kano's evaluation table: which category a pair of answers puts a requirement in."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.core.model import VALUE, Value
from crmrisk.core.row_names import refuse_other_order
from crmrisk.satisfaction.kano.answers import STANDARD_SCALE, AnswerScale, answer_scale

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import IntArray, ObjectArray
    from crmrisk.satisfaction.flagging import Missing

__all__ = [
    "STANDARD_TABLE",
    "EvaluationTable",
    "KanoCategory",
    "TableName",
    "answer_codes",
    "classify_pairs",
    "evaluation_table",
]

_Row = Annotated[str, Field(pattern=r"^[AOMIRQ]{5}$")]


class KanoCategory(StrEnum):
    """Name what a requirement is to a customer.

    Examples
    --------
    >>> KanoCategory("must_be").letter
    'M'
    >>> KanoCategory.from_letter("O")
    <KanoCategory.ONE_DIMENSIONAL: 'one_dimensional'>
    """

    ATTRACTIVE = "attractive"
    ONE_DIMENSIONAL = "one_dimensional"
    MUST_BE = "must_be"
    INDIFFERENT = "indifferent"
    REVERSE = "reverse"
    QUESTIONABLE = "questionable"

    @property
    def letter(self) -> str:
        """The letter of the evaluation table: A, O, M, I, R or Q."""
        return self.value[0].upper()

    @classmethod
    def from_letter(cls, letter: str) -> KanoCategory:
        """Find a category by its letter.

        Parameters
        ----------
        letter
            A, O, M, I, R or Q.

        Returns
        -------
        The category.

        Raises
        ------
        RecordError
            If no category has the letter.

        Examples
        --------
        >>> KanoCategory.from_letter("A").value
        'attractive'
        """
        found = {category.letter: category for category in cls}
        if letter not in found:
            raise RecordError(
                Problem(what="no such category", where="letter", allowed=", ".join(found), got=repr(letter))
            )
        return found[letter]


@dataclass(frozen=True, config=VALUE)
class EvaluationTable(Value):
    """Hold a named evaluation table.

    Parameters
    ----------
    name
        How the table is called; it stays with every requirement classified by it.
    rows
        Five rows of five letters: functional answer by dysfunctional answer, like to dislike.

    Raises
    ------
    InvalidValueError
        If the table is not five rows of the letters A, O, M, I, R and Q.

    References
    ----------
    Kano, N., Seraku, N., Takahashi, F. and Tsuji, S. (1984). Attractive quality and must-be quality. *Journal of the
    Japanese Society for Quality Control* 14.

    Examples
    --------
    >>> EvaluationTable.standard().rows
    ('QAAAO', 'RIIIM', 'RIIIM', 'RIIIM', 'RRRRQ')
    """

    name: Annotated[str, Field(min_length=1)]
    rows: tuple[_Row, _Row, _Row, _Row, _Row]

    def __str__(self) -> str:
        return "\n".join([f"{self.name}: functional like to dislike by dysfunctional like to dislike", *self.rows])

    @classmethod
    def standard(cls) -> Self:
        """Return the table of Kano et al. (1984).

        Examples
        --------
        >>> EvaluationTable.standard().category("must_be", "must_be").letter
        'I'
        """
        return cls("standard", ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"))

    @classmethod
    def pouliot(cls) -> Self:
        """Return Pouliot's table: must-be twice and live-with twice are questionable.

        References
        ----------
        Pouliot, F. (1993). Theoretical issues of Kano's methods. *Center for Quality of Management Journal* 2(4).

        Examples
        --------
        >>> EvaluationTable.pouliot().category("must_be", "must_be").letter
        'Q'
        """
        return cls("pouliot", ("QAAAO", "RQIIM", "RIIIM", "RIIQM", "RRRRQ"))

    def category(self, functional: str, dysfunctional: str) -> KanoCategory:
        """Look one pair of answers up.

        Parameters
        ----------
        functional, dysfunctional
            Names of the two answers, for instance ``"like"`` and ``"dislike"``.

        Returns
        -------
        The category.

        Raises
        ------
        RecordError
            If an answer is none of the five.

        Examples
        --------
        >>> EvaluationTable.standard().category("like", "dislike").value
        'one_dimensional'
        """
        rows, columns = answer_codes([functional], [dysfunctional], scale=STANDARD_SCALE, missing="error")
        row, column = int(rows[0]) - 1, int(columns[0]) - 1
        return KanoCategory.from_letter(self.rows[row][column])

    def positions(self) -> IntArray:
        """Return the category of each pair as its place in (A, O, M, I, R, Q).

        Returns
        -------
        Places 0..5, ``(5, 5)``: functional by dysfunctional answer.

        Examples
        --------
        >>> EvaluationTable.standard().positions()[0]
        array([5, 0, 0, 0, 1])
        """
        return np.array([["AOMIRQ".index(letter) for letter in row] for row in self.rows], dtype=np.int64)


STANDARD_TABLE = EvaluationTable.standard()
"""The table of Kano et al. (1984)."""

TableName: TypeAlias = Literal["standard", "pouliot"]
"""The tables that have a name."""


def evaluation_table(table: EvaluationTable | TableName) -> EvaluationTable:
    """Find a table by its name, or take one as it is.

    Parameters
    ----------
    table
        ``"standard"``, ``"pouliot"``, or a table.

    Returns
    -------
    The table.

    Raises
    ------
    InvalidValueError
        If there is no table of that name.

    Examples
    --------
    >>> evaluation_table("pouliot") == EvaluationTable.pouliot()
    True
    """
    if isinstance(table, EvaluationTable):
        return table
    named = {"standard": EvaluationTable.standard, "pouliot": EvaluationTable.pouliot}
    if not isinstance(table, str) or table not in named:
        allowed = "'standard', 'pouliot' or EvaluationTable(...)"
        raise InvalidValueError(Problem(what="no such table", where="table", allowed=allowed, got=repr(table)[:100]))
    return named[table]()


def classify_pairs(
    functional: ArrayLike,
    dysfunctional: ArrayLike,
    *,
    table: EvaluationTable | TableName = STANDARD_TABLE,
    scale: AnswerScale | Mapping[Any, str | int] = STANDARD_SCALE,
    missing: Missing = "exclude",
) -> ObjectArray:
    """Classify each pair of answers.

    Parameters
    ----------
    functional, dysfunctional
        Answers to the two questions, ``(n_answers,)``.
    table
        The evaluation table, or its name.
    scale
        How wordings map to answers: an `AnswerScale`, or a mapping from wording to answer.
    missing
        ``"exclude"`` gives ``None`` where one of the two is missing, ``"error"`` refuses missing answers.

    Returns
    -------
    A `KanoCategory` per row, ``(n_answers,)``, ``None`` where unrated.

    Raises
    ------
    RecordError
        If answers are not on the scale, missing and that is an error, or not as many on both sides.
    InvalidValueError
        If there is no such table or policy.

    Examples
    --------
    >>> [category.letter for category in classify_pairs([1, 1, 2], [1, 2, 5])]
    ['Q', 'A', 'M']
    """
    refuse_other_order(functional=functional, dysfunctional=dysfunctional)
    wanted, unwanted = answer_codes(functional, dysfunctional, scale=answer_scale(scale), missing=missing)
    positions = evaluation_table(table).positions()
    by_code: ObjectArray = np.full((6, 6), None, dtype=object)
    by_code[1:, 1:] = np.array([*KanoCategory, None], dtype=object)[positions]
    return by_code[wanted, unwanted]


def answer_codes(
    functional: ArrayLike, dysfunctional: ArrayLike, *, scale: AnswerScale, missing: Missing
) -> tuple[IntArray, IntArray]:
    """Read both sides of the questionnaire, every problem of both listed at once.

    Parameters
    ----------
    functional, dysfunctional
        Answers to the two questions, ``(n_answers,)``.
    scale
        How wordings map to answers.
    missing
        ``"exclude"`` or ``"error"``.

    Returns
    -------
    Codes 1..5 of both, 0 where missing, ``(n_answers,)`` each.

    Raises
    ------
    RecordError
        If answers are not on the scale, missing and that is an error, or not as many on both sides.

    Examples
    --------
    >>> answer_codes(["like"], [5], scale=STANDARD_SCALE, missing="error")
    (array([1]), array([5]))
    """
    codes: list[IntArray] = []
    problems: list[Problem] = []
    for where, answers in (("functional", functional), ("dysfunctional", dysfunctional)):
        try:
            codes.append(scale.codes(answers, missing=missing, where=where))
        except RecordError as error:
            problems.extend(error.problems)
    if not problems and codes[0].size != codes[1].size:
        got = f"{codes[0].size} functional, {codes[1].size} dysfunctional"
        problems.append(Problem(what="not as many answers on both sides", where="functional, dysfunctional", got=got))
    if problems:
        raise RecordError(*problems)
    return codes[0], codes[1]
