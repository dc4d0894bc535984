"""Find terms in texts: one compiled pattern, the longest term first, whatever the number of terms.

Terms in Latin letters match whole words; terms in a script without blanks (Chinese, emoji) match anywhere, the longest
one that starts at a place, so that no word segmenter is required.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from crmrisk.core.errors import InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Found", "TermMatcher", "normalised", "term_key", "term_problems"]

_LATIN = "0-9a-zß-öø-ɏ"
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'"})
_BREAK = re.compile(r"\s*[\r\n]+\s*")


def normalised(text: str) -> str:
    """Write a text as terms are compared: compatibility forms unified, lower case, plain apostrophes and blanks.

    Parameters
    ----------
    text
        Any text; line breaks end a sentence.

    Examples
    --------
    >>> normalised("It’s  GOOD！")
    "it's good!"
    """
    plain = unicodedata.normalize("NFKC", text).lower().translate(_APOSTROPHES).replace("\ufe0f", "").strip()
    return " ".join(_BREAK.sub(" ; ", plain).split())


def term_problems(terms: Iterable[object], *, where: str) -> list[Problem]:
    """Name terms that cannot be searched for.

    Parameters
    ----------
    terms
        Words and phrases; a ``*`` at the end of Latin letters stands for any further letters.
    where
        What they are called.

    Examples
    --------
    >>> print(*term_problems(["refund*", "*"], where="topics"))
    topics: not a word or phrase; allowed: text, with at most one * and that after Latin letters; got: '*'
    """
    allowed = "text, with at most one * and that after Latin letters"
    bad = [term for term in terms if not (isinstance(term, str) and _is_term(term_key(term)))]
    return [Problem(what="not a word or phrase", where=where, allowed=allowed, got=repr(term)[:80]) for term in bad]


def _is_term(key: str) -> bool:
    stem = key.removesuffix("*")
    return bool(stem) and "*" not in stem and (stem == key or bool(re.search(f"[{_LATIN}]$", stem)))


def term_key(term: str) -> str:
    """Write a term as the matcher compares it: normalised, hyphens as blanks.

    Parameters
    ----------
    term
        A word or phrase.

    Examples
    --------
    >>> term_key("Hung-Up")
    'hung up'
    """
    return normalised(term).replace("-", " ")


class Found(NamedTuple):
    """Say which term was found and where.

    Parameters
    ----------
    term
        The term as the matcher knows it; ``""`` for a punctuation mark.
    start, end
        Its place in the normalised text.
    text
        What stands there.

    Examples
    --------
    >>> Found("refund*", 0, 8, "refunded").text
    'refunded'
    """

    term: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class TermMatcher:
    """Find the longest terms of a text, from left to right and without overlap.

    Parameters
    ----------
    terms
        Words and phrases in any language. In Latin letters they match whole words only, and ``refund*`` also what
        begins so; blanks match hyphens.

    Raises
    ------
    InvalidValueError
        If a term is blank or no text.

    Examples
    --------
    >>> matcher = TermMatcher(("late", "late fee", "refund*", "快", "快递"))
    >>> [found.term for found in matcher.find("a late fee, lately refunded; 快递很快")]
    ['late fee', 'refund*', '快递', '快']
    """

    terms: tuple[str, ...]

    def __post_init__(self) -> None:
        problems = term_problems(self.terms, where="terms")
        if problems:
            raise InvalidValueError(*problems)

    @cached_property
    def _keys(self) -> dict[str, str]:
        return {term_key(term): term for term in self.terms}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        latin = [key for key in self._keys if re.match(f"[{_LATIN}]", key)]
        free = [key for key in self._keys if not re.match(f"[{_LATIN}]", key)]
        parts = [
            *([f"(?<![{_LATIN}])(?:{_trie_pattern(latin)})(?![{_LATIN}])"] if latin else []),
            *([_guarded(free)] if free else []),
            r"(?P<mark>[!;。…?]+|[.,](?!\d))",
        ]
        return re.compile("|".join(parts))

    def find(self, text: str, *, marks: bool = False) -> Iterator[Found]:
        """Go through the terms of a text, and on request the punctuation marks that end a clause.

        Parameters
        ----------
        text
            A text as `normalised` writes it.
        marks
            Whether to yield marks too.
        """
        for match in self._pattern.finditer(text):
            if match.lastgroup is None:
                yield Found(self._term(match[0]), match.start(), match.end(), match[0])
            elif marks:
                yield Found("", match.start(), match.end(), match[0])

    def _term(self, matched: str) -> str:
        key = matched.replace("-", " ")
        found = self._keys.get(key)
        while found is None and key:
            found, key = self._keys.get(f"{key}*"), key[:-1]
        return found or matched


def _guarded(keys: list[str]) -> str:
    """Look at the first character before trying its hundreds of branches one by one."""
    first = "".join(sorted({re.escape(key[0]) for key in keys}))
    return f"(?=[{first}])(?:{_trie_pattern(keys)})"


def _trie_pattern(keys: Iterable[str]) -> str:
    """Factor common beginnings out, so that a search costs the length of a term and not their number."""
    root: dict[str, Any] = {}
    for key in keys:
        node = root
        for character in key:
            node = node.setdefault(character, {})
        node[""] = {}
    return _alternatives(root)


def _alternatives(node: dict[str, Any]) -> str:
    branches = [_piece(character) + _alternatives(child) for character, child in node.items() if character]
    if not branches:
        return ""
    if "" not in node:
        return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
    return f"(?:{'|'.join(branches)})?"


def _piece(character: str) -> str:
    return {" ": "[ -]", "*": f"[{_LATIN}]*"}.get(character, re.escape(character))
