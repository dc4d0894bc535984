"""What texts are about: topics by their keywords, in any language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.arguments import kind_problems, refuse
from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.frozen_mapping import Frozen
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.text.columns import text_column
from crmrisk.satisfaction.text.terms import TermMatcher, normalised, term_key, term_problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import IntArray

__all__ = ["OTHER", "TopicKeywords", "clauses", "complaint_topics"]

OTHER = "other"
"""The topic of texts in which no keyword was found."""

_BETWEEN = re.compile(
    r"[!;。…?]+|[.,](?!\d)|(?<![a-z])(?:but|however|although|though|whereas|while)(?![a-z])|但是|但|不过|可是|然而"
)


Keywords = Annotated[Mapping[str, tuple[str, ...]], Field(min_length=1), Frozen()]


@dataclass(frozen=True, config=VALUE)
class TopicKeywords(Value):
    """Hold topics and the words that tell them.

    The longest keyword counts: *快递费* (delivery fee) is not *快递* (delivery). A keyword may tell several topics.

    Parameters
    ----------
    topics
        Topic to its keywords, in any language. Latin letters match whole words; ``refund*`` also what begins so.
    name, version
        What results say they were found with.

    Raises
    ------
    InvalidValueError
        If a topic has no name or no keyword, is called *other*, or a keyword is blank.

    Examples
    --------
    >>> topics = TopicKeywords({"delivery": ["parcel*", "快递"], "price": ["expensive", "贵", "快递费"]})
    >>> topics.count(["Two parcels, expensive", "快递费太贵", "hello"])
    array([[1, 1],
           [0, 2],
           [0, 0]])
    """

    topics: Keywords
    name: Annotated[str, Field(min_length=1)] = "own topics"
    version: Annotated[str, Field(min_length=1)] = "1"

    @model_validator(mode="after")
    def _checked(self) -> Self:
        problems = [
            problem
            for topic, words in self.topics.items()
            for problem in (*_name_problems(topic, words), *term_problems(words, where=f"TopicKeywords[{topic!r}]"))
        ]
        if problems:
            raise InvalidValueError(*problems)
        return self

    def __hash__(self) -> int:
        return hash((self.name, self.version, tuple(self.topics)))

    def __repr__(self) -> str:
        return f"TopicKeywords({str(self)!r}: {', '.join(self.names)})"

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def names(self) -> tuple[str, ...]:
        """The topics, in order."""
        return tuple(self.topics)

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for place, words in enumerate(self.topics.values()):
            for key in dict.fromkeys(map(term_key, words)):
                places.setdefault(key, []).append(place)
        return places

    @cached_property
    def _matcher(self) -> TermMatcher:
        return TermMatcher(tuple(self._places))

    def count(self, texts: ArrayLike | Sequence[str | None] | str) -> IntArray:
        """Count the keywords of each topic in each text.

        Parameters
        ----------
        texts
            One text per row, ``(n_texts,)``.

        Returns
        -------
        ``(n_texts, n_topics)``, in the order of `names`.

        Raises
        ------
        RecordError
            If there is anything but text.

        Examples
        --------
        >>> complaint_topics().count(["The courier was late", None]).sum(axis=1)
        array([2, 0])
        """
        codes, distinct = text_column(texts)
        counts = np.zeros((len(distinct) + 1, len(self.topics)), dtype=np.int64)
        for row, text in enumerate(distinct):
            for term, _ in self._found(text):
                counts[row, self._places[term]] += 1
        return counts[codes]

    def find(self, text: str) -> dict[str, tuple[str, ...]]:
        """List what tells each topic of one text, as it stands there.

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
        >>> complaint_topics().find("The courier was late and I want a refund")
        {'delivery': ('courier',), 'refund': ('refund',), 'waiting time': ('late',)}
        """
        refuse(kind_problems(text, str, where="text"))
        found: dict[int, list[str]] = {}
        for term, words in self._found(text):
            for place in self._places[term]:
                found.setdefault(place, []).append(words)
        return {self.names[place]: tuple(found[place]) for place in sorted(found)}

    def _found(self, text: str) -> Iterator[tuple[str, str]]:
        return ((each.term, each.text) for each in self._matcher.find(normalised(text)))

    def merge(self, other: TopicKeywords, *, name: str | None = None, version: str | None = None) -> TopicKeywords:
        """Add topics, and keywords to known topics.

        Parameters
        ----------
        other
            What to add.
        name, version
            Of the result; by default both names and both versions, joined by ``+``.

        Raises
        ------
        InvalidValueError
            If the other holds no topics.

        Examples
        --------
        >>> own = TopicKeywords({"refund": ["store voucher"], "parking": ["parking"]})
        >>> complaint_topics().merge(own).names[-2:]
        ('waiting time', 'parking')
        """
        refuse(kind_problems(other, TopicKeywords, where="other"))
        both = {
            topic: tuple(dict.fromkeys((*self.topics.get(topic, ()), *other.topics.get(topic, ()))))
            for topic in dict.fromkeys((*self.topics, *other.topics))
        }
        named = name or f"{self.name}+{other.name}"
        return TopicKeywords(both, name=named, version=version or f"{self.version}+{other.version}")


def _name_problems(topic: str, words: tuple[str, ...]) -> list[Problem]:
    wrong = "topic without a name" if not topic.strip() else "topic without keywords" if not words else ""
    if topic.strip().lower() == OTHER:
        wrong = "is what texts without a keyword are called"
    return [Problem(what=wrong, where=f"TopicKeywords[{topic!r}]")] if wrong else []


@lru_cache
def complaint_topics() -> TopicKeywords:
    """Return the built-in topics of complaints, in English and simplified Chinese.

    Examples
    --------
    >>> complaint_topics().names[:4]
    ('delivery', 'billing and fees', 'staff', 'product quality')
    """
    path = files("crmrisk.satisfaction.text").joinpath("lexicons", "complaint_topics.json")
    return TopicKeywords.from_json(path.read_text(encoding="utf-8"))


def clauses(text: str) -> list[str]:
    """Cut a text where it ends a sentence, pauses or turns, so that each part is about one thing.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    The parts, without what stood between them.

    Examples
    --------
    >>> clauses("The staff were kind, but delivery took 1,000 hours!")
    ['the staff were kind', 'delivery took 1,000 hours']
    """
    return [part.strip() for part in _BETWEEN.split(normalised(text)) if part.strip()]
