from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.errors import CrmRiskError, InvalidValueError, RecordError
from crmrisk.satisfaction.text import Lexicon, LexiconSentiment, SentimentScorer, bilingual_lexicon

SENTIMENT = LexiconSentiment()
TEXTS = [
    line.split("\t")
    for language in ("english", "chinese")
    for line in Path(__file__).with_name(f"heldout_{language}.tsv").read_text(encoding="utf-8").splitlines()
]


def polarity(text):
    return float(SENTIMENT.score([text])[0])


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        ("helpful", "very helpful"),
        ("very helpful", "very very helpful"),
        ("slightly helpful", "helpful"),
        ("not helpful", "slightly rude"),
        ("rude", "not rude"),
        ("the agent was not very helpful", "the agent was rather helpful"),
        ("never had a helpful answer", "had a helpful answer"),
        ("it isn’t good", "it is good"),
        ("no problem", "very good"),
        ("not helpful or polite", "not helpful, polite"),
        ("good, but slow", "slow, but good"),
        ("although it was good, it was slow", "although it was slow, it was good"),
        ("good", "good!"),
        ("good!", "good!!!"),
        ("bad!!!", "bad"),
        ("not a bad bank", "good bank"),
        ("not only good", "not only good, excellent"),
        ("不好用", "好用"),
        ("好用", "非常好用"),
        ("有点慢", "不慢"),
        ("太慢", "有点慢"),
        ("没有解决", "解决了"),
        ("不是很专业", "很专业"),
        ("态度好，但是太慢", "太慢，但是态度好"),
        ("虽然慢，但是专业", "专业"),
        ("快递员", "快"),
        ("别买", "买"),
        ("非常不满意", "不满意"),
        ("差点", "差不多好"),
        ("👎", "👍"),
    ],
)
def test_order_of_texts_by_polarity(weaker, stronger):
    assert polarity(weaker) < polarity(stronger)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("not good", -1),
        ("not bad", 1),
        ("I don't like it, it never works", -1),
        ("dont recommend", -1),
        ("cannot recommend", -1),
        ("far from perfect", -1),
        ("not only fast but friendly", 1),
        ("without any problems", 1),
        ("no longer reliable", -1),
        ("this is not, as you say, good", 1),
        ("hung-up on me", -1),
        ("不错", 1),
        ("没问题", 1),
        ("没有给我解决", -1),
        ("从来没有失望", 1),
        ("快递公司", 0),
        ("贵公司", 0),
        ("出差", 0),
        ("the goods", 0),
        ("price 1,000.50", 0),
        ("GOOD", 1),
        ("ＧＯＯＤ", 1),
    ],
)
def test_sign(text, sign):
    assert np.sign(polarity(text)) == sign


def test_values_by_hand():
    lexicon = Lexicon(
        name="tiny", version="1", languages=("en",), weights={"good": 2, "bad": -2}, negators=("not",),
        intensifiers={"very": 1.5}, contrasts=("but",), concessions=("although",),
    )  # fmt: skip
    tiny = LexiconSentiment(lexicon=lexicon)
    by_hand = {
        "good": 2 / 3,
        "very good": 3 / 4,
        "not good": -1.6 / 2.6,
        "not bad": 0.8 / 1.8,
        "very not good": -2.4 / 3.4,
        "good but bad": (1 - 2) / (1 + 3),
        "although bad, good": (2 - 1) / (1 + 3),
        "good, although bad, good": (4 - 1) / (1 + 5),
        "good! bad": (2.2 - 2) / (1 + 4.2),
        "good!!!!! bad": (2.6 - 2) / (1 + 4.6),
        "not one two three good": -1.6 / 2.6,
        "not one two three four good": 2 / 3,
        "not. good": 2 / 3,
    }
    np.testing.assert_allclose(tiny.score(list(by_hand)), list(by_hand.values()), rtol=1e-12)


@pytest.mark.parametrize(("language", "least"), [("english", 0.90), ("chinese", 0.90)])
def test_accuracy_on_texts_written_before_the_lexicon(language, least):
    lines = Path(__file__).with_name(f"heldout_{language}.tsv").read_text(encoding="utf-8").splitlines()
    labels, texts = zip(*(line.split("\t") for line in lines), strict=True)
    found = SENTIMENT.score(texts)
    predicted = np.where(found > 0.05, "positive", np.where(found < -0.05, "negative", "neutral"))
    assert len(texts) >= 60
    assert (predicted == np.array(labels)).mean() >= least


def test_what_cannot_be_scored_is_unrated_and_what_says_nothing_is_zero():
    found = SENTIMENT.score(["", "  ", None, float("nan"), "12 345", "?!", "the parcel", "包裹"])
    assert np.isnan(found[:6]).all()
    assert found[6:].tolist() == [0, 0]


@pytest.mark.parametrize(
    "kind",
    [list, tuple, np.array, pd.Series, lambda x: np.array(x, dtype=object), lambda x: pd.Series(x, dtype="string")],
)
def test_any_column_gives_the_same(kind):
    texts = ["good", "慢", "good"]
    np.testing.assert_array_equal(SENTIMENT.score(kind(texts)), SENTIMENT.score(texts))


def test_no_texts_and_one_text():
    assert SENTIMENT.score([]).shape == (0,)
    assert SENTIMENT.score("good").shape == (1,)


@pytest.mark.parametrize("broken", [["good", 3], [b"good"], [["good"]], {"a": "good"}, 3, None, [True]])
def test_what_is_no_text_is_refused(broken):
    with pytest.raises(RecordError):
        SENTIMENT.score(broken)


def test_language():
    texts = ["good", "gut", "很好", "good"]
    found = SENTIMENT.score(texts, language=["en", "de", "zh-CN", None])
    assert np.isnan(found).tolist() == [False, True, False, True]
    np.testing.assert_array_equal(SENTIMENT.score(texts, language="en"), SENTIMENT.score(texts))
    with pytest.raises(InvalidValueError, match="en, zh"):
        SENTIMENT.score(texts, language="de")
    with pytest.raises(RecordError, match="language"):
        SENTIMENT.score(texts, language=["en"])


def test_explanation_adds_up():
    for _, text in TEXTS:
        values = [hit.value for hit in SENTIMENT.explain(text)]
        assert polarity(text) == pytest.approx(sum(values) / (1 + sum(map(abs, values))))
    with pytest.raises(InvalidValueError):
        SENTIMENT.explain(None)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(
        st.sampled_from(["good", "not", "very", "bad", "but", ",", "!", "although", "不", "好", "但是", "x"]),
        max_size=12,
    )
)
def test_one_text_alone_equals_the_same_among_many_and_stays_inside(words):
    text = " ".join(words)
    many = SENTIMENT.score([text for _, text in TEXTS[:20]] + [text] + [text for _, text in TEXTS[20:40]])
    np.testing.assert_array_equal(many[20], SENTIMENT.score([text])[0])
    assert np.isnan(many[20]) or -1 < many[20] < 1


@pytest.mark.parametrize("broken", [{"lexicon": "english"}, {"segmenter": "jieba"}, {"lexicon": None}])
def test_settings_that_are_none_are_refused(broken):
    with pytest.raises(CrmRiskError):
        LexiconSentiment(**broken)


def test_it_is_a_scorer_with_name_and_version():
    assert isinstance(SENTIMENT, SentimentScorer)
    assert (SENTIMENT.name, SENTIMENT.version, SENTIMENT.languages) == ("bilingual", "1.0", ("en", "zh"))
    assert LexiconSentiment() == SENTIMENT
    assert len(repr(SENTIMENT)) < 100
    assert LexiconSentiment(lexicon=bilingual_lexicon().extended({"x": 1})) != SENTIMENT


class Words:
    def __init__(self, *words):
        self.words = words

    def segment(self, text):
        return self.words


def test_a_segmenter_keeps_entries_out_of_longer_words():
    lexicon = Lexicon(name="x", version="1", languages=("zh",), weights={"快": 1, "态度": 1, "度差": -1})
    assert LexiconSentiment(lexicon=lexicon).score("快递态度差")[0] > 0
    cut = LexiconSentiment(lexicon=lexicon, segmenter=Words("快递", "服务态度", "差"))
    assert [hit.term for hit in cut.explain("快递服务态度差")] == ["态度"]
    with pytest.raises(InvalidValueError, match="not the text"):
        LexiconSentiment(segmenter=Words("别的")).score("快递")
