"""A lexicon: which words carry how much feeling, and which words turn, strengthen or set aside others.

Entries are data, so that a user reads, changes and merges them; the built-in ones are the JSON files beside this
module, written for complaints, service, banking and shopping in English and simplified Chinese.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from crmrisk.core.errors import InvalidValueError, Problem
from crmrisk.core.frozen_mapping import Frozen, FrozenMapping
from crmrisk.core.model import VALUE, Value
from crmrisk.satisfaction.text.terms import term_key, term_problems

__all__ = ["Lexicon", "bilingual_lexicon", "chinese_lexicon", "english_lexicon"]

_LARGEST = 5.0


Weights = Annotated[Mapping[str, float], Frozen()]
Words = tuple[str, ...]

_ROLES = ("weights", "intensifiers", "negators", "contrasts", "concessions")


@dataclass(frozen=True, config=VALUE, kw_only=True)
class Lexicon(Value):
    """Hold the entries of a sentiment lexicon.

    Parameters
    ----------
    name, version
        What results say they were scored with; change the version whenever an entry changes.
    languages
        Language codes the entries are for, such as ``"en"``.
    weights
        Word or phrase to its feeling, -5 (terrible) to 5 (wonderful). An entry of 0 shields: it is found before any
        shorter one and says nothing, as *not only* or *快递* (parcel service, which begins with *fast*).
    negators
        Words that turn what follows within three words, or four Chinese characters: *not*, *没有*.
    intensifiers
        Word to the factor for the entry right after it: above 1 for *very*, below 1 for *slightly*.
    contrasts
        Words after which the sentence counts and before which it counts half: *but*, *但是*.
    concessions
        Words whose own clause counts half: *although*, *虽然*.

    Raises
    ------
    InvalidValueError
        If a weight is not within [-5, 5], a factor not within (0, 5], a term is blank, repeated or has two roles.

    Examples
    --------
    >>> mine = Lexicon(name="mine", version="1", languages=("en",), weights={"laggy": -2.0})
    >>> mine
    Lexicon('mine 1': 1 entries for en)
    >>> Lexicon.from_json(mine.to_json()) == mine
    True
    >>> english_lexicon().merge(mine).weights["laggy"]
    -2.0
    """

    name: Annotated[str, Field(min_length=1)]
    version: Annotated[str, Field(min_length=1)]
    languages: Annotated[tuple[str, ...], Field(min_length=1)]
    weights: Weights
    negators: Words = ()
    intensifiers: Weights = FrozenMapping({})
    contrasts: Words = ()
    concessions: Words = ()

    @model_validator(mode="after")
    def _checked(self) -> Self:
        problems = [problem for role in _ROLES for problem in term_problems(getattr(self, role), where=_at(role))]
        problems += [*_out_of_range(self.weights, "weights", -_LARGEST), *_repeated(self)]
        problems += _out_of_range(self.intensifiers, "intensifiers", 1e-9)
        if problems:
            raise InvalidValueError(*problems)
        return self

    def __hash__(self) -> int:
        return hash((self.name, self.version, len(self.weights)))

    def __len__(self) -> int:
        return sum(len(getattr(self, role)) for role in _ROLES)

    def __repr__(self) -> str:
        return f"Lexicon({str(self)!r}: {len(self)} entries for {', '.join(self.languages)})"

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def merge(self, other: Lexicon, *, name: str | None = None, version: str | None = None) -> Lexicon:
        """Add another lexicon; where both know a term, the other one's entry counts.

        Parameters
        ----------
        other
            Entries to add.
        name, version
            Of the result; by default both names and both versions, joined by ``+``.

        Returns
        -------
        A new lexicon for the languages of both.

        Raises
        ------
        InvalidValueError
            If the other is no lexicon.

        Examples
        --------
        >>> mine = Lexicon(name="mine", version="3", languages=("en",), weights={"fine": -1.0})
        >>> str(english_lexicon().merge(mine)), english_lexicon().merge(mine).weights["fine"]
        ('english+mine 1.0+3', -1.0)
        """
        if not isinstance(other, Lexicon):
            raise InvalidValueError(Problem(what="not a Lexicon", where="other", got=repr(other)[:100]))
        taken = {term_key(term) for term in _all_terms(other)}
        return Lexicon(
            name=name or f"{self.name}+{other.name}",
            version=version or f"{self.version}+{other.version}",
            languages=tuple(dict.fromkeys((*self.languages, *other.languages))),
            weights={**_without(self.weights, taken), **other.weights},
            intensifiers={**_without(self.intensifiers, taken), **other.intensifiers},
            negators=(*_without(self.negators, taken), *other.negators),
            contrasts=(*_without(self.contrasts, taken), *other.contrasts),
            concessions=(*_without(self.concessions, taken), *other.concessions),
        )

    def extended(self, weights: Mapping[str, float], *, name: str = "own", version: str = "1") -> Lexicon:
        """Add words of one's own, or give known ones another weight.

        Parameters
        ----------
        weights
            Word or phrase to its feeling, -5 to 5.
        name, version
            What to call the addition; results name it beside the lexicon.

        Raises
        ------
        InvalidValueError
            If a weight or a term is not allowed.

        Examples
        --------
        >>> str(english_lexicon().extended({"laggy": -2}))
        'english+own 1.0+1'
        """
        return self.merge(Lexicon(name=name, version=version, languages=self.languages, weights=weights))


def _at(role: str) -> str:
    return f"Lexicon.{role}"


def _all_terms(lexicon: Lexicon) -> Iterator[str]:
    return (term for role in _ROLES for term in getattr(lexicon, role))


def _without(terms: Any, taken: set[str]) -> Any:
    kept = [term for term in terms if term_key(term) not in taken]
    return {term: terms[term] for term in kept} if isinstance(terms, Mapping) else kept


def _out_of_range(weights: Mapping[str, float], role: str, lowest: float) -> list[Problem]:
    allowed = f"{lowest:g} to {_LARGEST:g}"
    bad = {term: weight for term, weight in weights.items() if not lowest <= weight <= _LARGEST}
    return [
        Problem(what="out of range", where=f"{_at(role)}[{term!r}]", allowed=allowed, got=str(weight))
        for term, weight in bad.items()
    ]


def _repeated(lexicon: Lexicon) -> list[Problem]:
    seen: dict[str, int] = {}
    for term in _all_terms(lexicon):
        seen[term_key(term)] = seen.get(term_key(term), 0) + 1
    return [
        Problem(what="one term with two entries or roles", where="Lexicon", got=repr(term))
        for term, count in seen.items()
        if count > 1
    ]


@lru_cache
def _shipped(name: str) -> Lexicon:
    path = files("crmrisk.satisfaction.text").joinpath("lexicons", f"{name}.json")
    return Lexicon.from_json(path.read_text(encoding="utf-8"))


def english_lexicon() -> Lexicon:
    """Return the built-in English entries.

    Examples
    --------
    >>> english_lexicon().weights["rude"]
    -2.0
    """
    return _shipped("english")


def chinese_lexicon() -> Lexicon:
    """Return the built-in entries for simplified Chinese.

    Examples
    --------
    >>> chinese_lexicon().weights["满意"]
    2.0
    """
    return _shipped("chinese")


@lru_cache
def bilingual_lexicon() -> Lexicon:
    """Return the built-in entries of both languages, and some emoji.

    Examples
    --------
    >>> str(bilingual_lexicon()), bilingual_lexicon().languages
    ('bilingual 1.0', ('en', 'zh'))
    """
    both = english_lexicon().merge(chinese_lexicon(), name="bilingual", version="1.0")
    return both.merge(_shipped("symbols"), name="bilingual", version="1.0")
