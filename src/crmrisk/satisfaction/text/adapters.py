"""Other people's tools behind crmrisk's protocols (extra ``text``); nothing here is imported until it is used."""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from crmrisk.core.arguments import kind_problems, refuse
from crmrisk.core.errors import MissingExtraError, Problem
from crmrisk.satisfaction.text.sentiment import polarity_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["JiebaSegmenter", "VaderSentiment"]


def _extra(module: str, user: str) -> Any:
    try:
        with warnings.catch_warnings(action="ignore"):  # both are too old for today's Python and setuptools
            return import_module(module)
    except ImportError:
        package = module.split(".", maxsplit=1)[0]
        raise MissingExtraError(
            Problem(what=f"{user} needs {package}", where=user, remedy="pip install 'crmrisk[text]'")
        ) from None


@dataclass(frozen=True)
class VaderSentiment:
    """Score English texts with VADER's compound score (extra ``text``).

    Made for social media; works offline. The package imports ``requests`` and is not maintained any more.

    Raises
    ------
    MissingExtraError
        If vaderSentiment is not installed.

    References
    ----------
    Hutto, C. J. and Gilbert, E. (2014). VADER: a parsimonious rule-based model for sentiment analysis of social media
    text. *ICWSM*.

    Examples
    --------
    >>> from crmrisk.core.errors import MissingExtraError
    >>> try:
    ...     VaderSentiment().languages
    ... except MissingExtraError as error:
    ...     ("en",) if "crmrisk[text]" in str(error) else None
    ('en',)
    """

    def __post_init__(self) -> None:
        _ = self._analyzer

    @cached_property
    def _analyzer(self) -> Any:
        return _extra("vaderSentiment.vaderSentiment", "VaderSentiment").SentimentIntensityAnalyzer()

    @property
    def name(self) -> str:
        """What results call it."""
        return "vader"

    @property
    def version(self) -> str:
        """The version of the installed package, ``unknown`` where it carries none."""
        try:
            return version("vaderSentiment")
        except PackageNotFoundError:
            return "unknown"

    @property
    def languages(self) -> tuple[str, ...]:
        """English only."""
        return ("en",)

    def score(
        self, texts: ArrayLike | Sequence[str | None] | str, /, *, language: str | ArrayLike | None = None
    ) -> FloatArray:
        """Score a column of texts.

        Parameters
        ----------
        texts
            One text per row, ``(n_texts,)``.
        language
            One code for all, one per text, or ``None`` to score every text.

        Returns
        -------
        The compound score, ``(n_texts,)``, in [-1, 1]; NaN where there is no text, no word or another language.

        Raises
        ------
        RecordError
            If there is anything but text.
        InvalidValueError
            If the one language of all texts is not English.

        Examples
        --------
        See `VaderSentiment`.
        """
        return polarity_column(self._compound, texts, language=language, languages=self.languages)

    def _compound(self, text: str) -> float:
        return float(self._analyzer.polarity_scores(text)["compound"])


@dataclass(frozen=True)
class JiebaSegmenter:
    """Cut Chinese texts into words with jieba (extra ``text``); its first use takes some seconds.

    Raises
    ------
    MissingExtraError
        If jieba is not installed.

    Examples
    --------
    >>> from crmrisk.core.errors import MissingExtraError
    >>> try:
    ...     words = JiebaSegmenter().segment("快递很慢")
    ... except MissingExtraError:
    ...     words = ["快递", "很", "慢"]
    >>> "".join(words)
    '快递很慢'
    """

    def __post_init__(self) -> None:
        _ = self._tokenizer

    @cached_property
    def _tokenizer(self) -> Any:
        jieba = _extra("jieba", "JiebaSegmenter")
        logging.getLogger("jieba").setLevel(logging.WARNING)  # it tells the console how long it loads
        return jieba

    def segment(self, text: str, /) -> list[str]:
        """Return the words of a text, with everything between them.

        Parameters
        ----------
        text
            Any text.

        Raises
        ------
        InvalidValueError
            If it is no text.

        Examples
        --------
        See `JiebaSegmenter`.
        """
        refuse(kind_problems(text, str, where="text"))
        return [str(word) for word in self._tokenizer.lcut(text)]
