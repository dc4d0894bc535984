"""How one text is read: entries from left to right, turned, strengthened or set aside by the words around them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crmrisk.satisfaction.text.lexicon import Lexicon
    from crmrisk.satisfaction.text.terms import Found

__all__ = ["Hit", "Reader", "polarity_of"]

_WORDS_IN_SCOPE, _CHARACTERS_IN_SCOPE = 3, 4
_NEGATED_PRAISE, _NEGATED_BLAME = -0.8, -0.4  # "not good" is bad; "not bad" is only fairly good
_LONGEST_GAP = 40  # characters
_SET_ASIDE = 0.5
_EXCLAMATION, _MOST_EXCLAMATIONS = 0.1, 3
_UNIT = re.compile(r"[0-9a-zß-öø-ɏ']+|[\u3400-\u9fff]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_JOINED = re.compile(r" ?(?:or|nor|/|和|或|及|、|又|也) ?(?:a |the )?")


class Hit(NamedTuple):
    """Say what one entry contributed.

    Parameters
    ----------
    text
        What stands in the text.
    term
        The entry.
    weight
        Its feeling in the lexicon.
    value
        Its contribution, once turned, strengthened or set aside.
    negated
        Whether a negator turned it.

    Examples
    --------
    >>> Hit("helpful", "helpful*", 2.0, -1.6, True).value
    -1.6
    """

    text: str
    term: str
    weight: float
    value: float
    negated: bool


class _Reach(NamedTuple):
    """Where a modifier ends, and how strong it is."""

    end: int
    factor: float


def polarity_of(hits: Iterable[Hit]) -> float:
    """Balance praise against blame: ``sum(v) / (1 + sum(|v|))``, strictly between -1 and 1, 0 without any entry.

    The 1 keeps one mild word from being as certain as many strong ones.

    Parameters
    ----------
    hits
        What was found.

    Examples
    --------
    >>> polarity_of([Hit("good", "good", 2.0, 2.0, False), Hit("late", "late", -1.0, -1.0, False)])
    0.25
    """
    values = [hit.value for hit in hits]
    return sum(values) / (1.0 + sum(map(abs, values)))


@dataclass(slots=True)
class Reader:
    """Read one text, term by term.

    Parameters
    ----------
    lexicon
        What terms mean.
    text
        The normalised text.

    Examples
    --------
    >>> from crmrisk.satisfaction.text.lexicon import english_lexicon
    >>> from crmrisk.satisfaction.text.terms import TermMatcher
    >>> lexicon, text = english_lexicon(), "not helpful, but polite!"
    >>> found = TermMatcher((*lexicon.weights, *lexicon.negators, *lexicon.contrasts)).find(text, marks=True)
    >>> [(hit.term, round(hit.value, 2)) for hit in Reader(lexicon, text).read(found)]
    [('helpful*', -0.88), ('polite*', 2.2)]
    """

    lexicon: Lexicon
    text: str
    _hits: list[Hit] = field(default_factory=list)
    _sentence: int = 0  # where the hits of this sentence begin
    _settled: int = 0  # hits before this place are not set aside any more
    _conceding: bool = False
    _negator: _Reach | None = None
    _spent: _Reach | None = None  # a negator that has turned an entry and turns what "or" joins to it
    _boost: _Reach | None = None

    def read(self, found: Iterable[Found]) -> list[Hit]:
        """Take in the terms and marks of the text, in order.

        Parameters
        ----------
        found
            What the matcher found.

        Returns
        -------
        What each entry contributed.
        """
        for each in found:
            self._role(each.term)(each)
        self._end_sentence("")
        return self._hits

    def _role(self, term: str) -> Callable[[Found], None]:
        lexicon = self.lexicon
        if term in lexicon.weights:
            return self._take_entry
        if not term:
            return self._take_mark
        if term in lexicon.intensifiers:
            return self._take_intensifier
        if term in lexicon.contrasts:
            return self._take_contrast
        return self._take_concession if term in lexicon.concessions else self._take_negator

    def _take_entry(self, found: Found) -> None:
        weight = self.lexicon.weights[found.term]
        if weight == 0.0:
            return
        turned = self._turned(found)
        if turned is not None:
            value = weight * (_NEGATED_PRAISE if weight > 0.0 else _NEGATED_BLAME) * turned.factor
        else:
            value = weight * self._boosted(found)
        self._hits.append(Hit(found.text, found.term, weight, value, turned is not None))
        self._boost = None

    def _turned(self, found: Found) -> _Reach | None:
        """Return the negator whose scope the entry is in; it turns one entry, and those that "or" joins to it."""
        reach = self._negator
        if reach is None or not _within(self.text[reach.end : found.start]):
            reach = self._spent
            if reach is None or not _JOINED.fullmatch(self.text[reach.end : found.start]):
                return None
        self._negator, self._spent = None, _Reach(found.end, reach.factor)
        return reach

    def _boosted(self, found: Found) -> float:
        if self._boost is None or found.start - self._boost.end > 1:
            return 1.0
        return self._boost.factor

    def _take_negator(self, found: Found) -> None:
        self._negator, self._spent, self._boost = _Reach(found.end, self._boosted(found)), None, None

    def _take_intensifier(self, found: Found) -> None:
        factor = self.lexicon.intensifiers[found.term] * self._boosted(found)
        self._boost = _Reach(found.end, factor)

    def _take_contrast(self, found: Found) -> None:
        self._conceding = False
        self._set_aside()
        self._forget()

    def _take_concession(self, found: Found) -> None:
        self._conceding, self._settled = True, len(self._hits)
        self._forget()

    def _take_mark(self, found: Found) -> None:
        if found.text == ",":
            self._end_clause()
        else:
            self._end_sentence(found.text)

    def _end_clause(self) -> None:
        if self._conceding:
            self._set_aside()
        self._conceding = False
        self._forget()

    def _end_sentence(self, mark: str) -> None:
        self._end_clause()
        self._scale(self._sentence, 1.0 + _EXCLAMATION * min(mark.count("!"), _MOST_EXCLAMATIONS))
        self._sentence = self._settled = len(self._hits)

    def _set_aside(self) -> None:
        self._scale(self._settled, _SET_ASIDE)
        self._settled = len(self._hits)

    def _scale(self, first: int, factor: float) -> None:
        if factor != 1.0:
            self._hits[first:] = [hit._replace(value=hit.value * factor) for hit in self._hits[first:]]

    def _forget(self) -> None:
        self._negator = self._spent = self._boost = None


def _within(gap: str) -> bool:
    """Tell whether a negator still reaches what follows this gap."""
    return not gap or (
        len(gap) <= _LONGEST_GAP
        and len(_UNIT.findall(gap)) <= (_CHARACTERS_IN_SCOPE if _HAN.search(gap) else _WORDS_IN_SCOPE)
    )
