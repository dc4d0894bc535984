from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.text.terms import TermMatcher, normalised, term_key

TERMS = ("fee", "late", "late fee", "refund*", "n.a", "快", "快递", "快递费", "👍")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("late fee", ["late fee"]),
        ("late-fee", ["late fee"]),
        ("late, fee", ["late", "fee"]),
        ("coffee lately fees", []),
        ("refund refunded refunds prefund", ["refund*"] * 3),
        ("快递费", ["快递费"]),
        ("快递员很快", ["快递", "快"]),
        ("用fee交", ["fee"]),
        ("ok👍!", ["👍"]),
        ("n.a nxa", ["n.a"]),
        ("", []),
    ],
)
def test_longest_match_at_word_boundaries(text, expected):
    assert [found.term for found in TermMatcher(TERMS).find(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("IT’S  Bad！", "it's bad!"), ("a\r\n b", "a ; b"), ("ＡＢＣ，", "abc,"), (" \n ", ""), ("❤️", "❤")],
)
def test_normalised(text, expected):
    assert normalised(text) == expected


@pytest.mark.parametrize("term", ["", " ", "*", "快*", "a*b", None, 3])
def test_what_is_no_term_is_refused(term):
    with pytest.raises(InvalidValueError, match="not a word or phrase"):
        TermMatcher((term,))


@settings(deadline=None, max_examples=25)
@given(
    st.text(alphabet="abc -快递费了", max_size=12),
    st.sets(st.text(alphabet="abc快递费", min_size=1, max_size=4), max_size=6),
)
def test_every_find_is_a_term_that_stands_there_and_no_longer_one_does(text, terms):
    plain, keys = normalised(text), {term_key(term) for term in terms}
    place = 0
    for found in TermMatcher(tuple(terms)).find(plain) if terms else ():
        assert found.start >= place
        assert plain[found.start : found.end] == found.text == found.term
        longer = [plain[found.start : end] for end in range(found.end + 1, len(plain) + 1)]
        if found.text[0] in "快递费":
            assert not keys.intersection(each for each in longer if each[0] in "快递费")
        place = found.end


def test_a_thousand_terms_cost_no_more_than_their_length():
    words = tuple(
        f"{a}{b}{c}" for a in "一二三四五六七八九十" for b in "甲乙丙丁戊己庚辛壬癸" for c in "子丑寅卯辰巳午未申酉"
    )
    matcher = TermMatcher(words)
    assert [found.term for found in matcher.find("x" * 1000 + "一甲子一甲十癸酉")] == ["一甲子", "十癸酉"]
