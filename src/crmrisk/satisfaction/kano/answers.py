"""The five answers of a Kano question, and scales that map any wording to them once."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from pydantic import field_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import is_whole
from crmrisk.core.errors import InvalidValueError, Problem, RecordError
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.answers import distinct_answers
from crmrisk.satisfaction.flagging import Missing, flag_answers, flag_missing

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import IntArray

__all__ = ["STANDARD_SCALE", "AnswerScale", "KanoAnswer", "answer_scale"]


class KanoAnswer(StrEnum):
    """Name an answer to "how do you feel if the product has it" (functional) or "has it not" (dysfunctional).

    Examples
    --------
    >>> [answer.code for answer in KanoAnswer]
    [1, 2, 3, 4, 5]
    """

    LIKE = "like"
    MUST_BE = "must_be"
    NEUTRAL = "neutral"
    LIVE_WITH = "live_with"
    DISLIKE = "dislike"

    @property
    def code(self) -> int:
        """Place on the scale, 1 for like to 5 for dislike."""
        return list(KanoAnswer).index(self) + 1


@dataclass(frozen=True, config=VALUE)
class AnswerScale(Value):
    """Map the wordings of one questionnaire to the five answers, once.

    The names of the answers (``"like"``, ``"must_be"``, ...) are always understood, and so are the integers 1 (like)
    to 5 (dislike) unless the scale maps integers itself. Case, spaces, hyphens, underscores, final full stops and the
    shape of apostrophes do not matter.

    Parameters
    ----------
    wordings
        Pairs of a wording (or an integer code) and its answer; `of` takes them as a mapping.

    Raises
    ------
    InvalidValueError
        If one wording has two answers.

    Examples
    --------
    >>> scale = AnswerScale.of({"I like it": "like", "I expect it": "must_be"})
    >>> scale.codes(["I expect it.", "LIKE", 5, None])
    array([2, 1, 5, 0])
    """

    wordings: tuple[tuple[str | int, KanoAnswer], ...] = ()

    @field_validator("wordings")
    @classmethod
    def _unambiguous(
        cls, wordings: tuple[tuple[str | int, KanoAnswer], ...]
    ) -> tuple[tuple[str | int, KanoAnswer], ...]:
        answers: dict[str | int, set[str]] = {}
        for wording, answer in (*wordings, *((answer.value, answer) for answer in KanoAnswer)):
            answers.setdefault(_plain(wording), set()).add(answer.value)
        torn = {str(wording): sorted(found) for wording, found in answers.items() if len(found) > 1}
        if torn:
            problems = (
                Problem(what="two answers", where=f"wording {name!r}", got=", ".join(torn[name])) for name in torn
            )
            raise InvalidValueError(*problems)
        return wordings

    @classmethod
    def of(cls, wordings: Mapping[Any, str | int]) -> Self:
        """Make a scale from a mapping of wordings to answers.

        Parameters
        ----------
        wordings
            Wording or integer code to answer: its name, or its place, 1 (like) to 5 (dislike).

        Returns
        -------
        The scale.

        Raises
        ------
        InvalidValueError
            If an answer is none of the five, or one wording has two.

        Examples
        --------
        >>> AnswerScale.of({5: "like", 4: "must_be", 3: "neutral", 2: "live_with", 1: "dislike"}).codes([5, 1])
        array([1, 5])
        >>> AnswerScale.of({"yes, please": 1, "I do not mind": 3}).codes(["I do not mind"])
        array([3])
        """
        named = ((wording, _answer(answer)) for wording, answer in wordings.items())
        return cls(tuple(named))

    def codes(self, answers: ArrayLike, *, missing: Missing = "exclude", where: str = "answers") -> IntArray:
        """Turn answers into 1 (like) to 5 (dislike), 0 where missing.

        Parameters
        ----------
        answers
            Wordings, names or integer codes, ``(n_answers,)``; ``None`` or NaN where nothing was answered.
        missing
            ``"exclude"`` leaves missing answers as 0, ``"error"`` refuses them.
        where
            What the answers are called in an error.

        Returns
        -------
        Codes, ``(n_answers,)``.

        Raises
        ------
        RecordError
            If an answer is not on the scale (named with rows and count), or missing and that is an error.

        Examples
        --------
        >>> AnswerScale().codes([1, 6])
        Traceback (most recent call last):
        crmrisk.core.errors.RecordError: answers: 1 answer off the scale, row 1; allowed: ...; got: 6
        """
        column, places, distinct = distinct_answers(answers, where)
        known = self._known()
        found = np.array([*(known.get(_plain(answer), -1) for answer in distinct), 0], dtype=np.int64)
        codes: IntArray = found[places]
        names = {_plain(answer.value): answer.value for answer in KanoAnswer}
        allowed = ", ".join(str(names.get(wording, wording)) for wording in known)
        problems = flag_answers(column, codes < 0, where=where, allowed=allowed)
        problems += flag_missing(codes == 0, missing=missing, where=where)
        if problems:
            raise RecordError(*problems)
        return codes

    def _known(self) -> dict[Any, int]:
        recoded = any(isinstance(wording, int) for wording, _ in self.wordings)
        known: dict[Any, int] = {} if recoded else {answer.code: answer.code for answer in KanoAnswer}
        known |= {_plain(answer.value): answer.code for answer in KanoAnswer}
        return known | {_plain(wording): answer.code for wording, answer in self.wordings}


STANDARD_SCALE = AnswerScale()
"""The names of the five answers and the integers 1 (like) to 5 (dislike)."""


def answer_scale(scale: AnswerScale | Mapping[Any, str | int]) -> AnswerScale:
    """Take a scale as it is, or make one from a mapping of wordings to answers.

    Parameters
    ----------
    scale
        The scale or the mapping.

    Raises
    ------
    InvalidValueError
        If it is neither, or the mapping makes no scale.

    Examples
    --------
    >>> answer_scale({"yes, please": "like"}).codes(["Yes, please."])
    array([1])
    """
    if isinstance(scale, Mapping):
        return AnswerScale.of(scale)
    if not isinstance(scale, AnswerScale):
        allowed = "AnswerScale.of({wording: answer}), such a mapping itself, or COMMON_SCALE"
        raise InvalidValueError(Problem(what="no scale", where="scale", allowed=allowed, got=repr(scale)[:100]))
    return scale


def _answer(answer: Any) -> Any:
    """Return the answer of that name or place, or what was given where there is none."""
    known = {_plain(each.value): each for each in KanoAnswer} | {each.code: each for each in KanoAnswer}
    asked = _plain(answer)
    return known.get(asked, answer) if isinstance(asked, str) or is_whole(asked) else answer


_PUNCTUATION = str.maketrans({"\u2019": "'", "_": " ", "-": " "})


def _plain(answer: Any) -> Any:
    if isinstance(answer, str):
        return " ".join(answer.translate(_PUNCTUATION).casefold().split()).rstrip(".。")
    if isinstance(answer, bool | np.bool_):
        return None
    return answer
