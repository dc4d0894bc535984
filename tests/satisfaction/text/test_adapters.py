from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest

from crmrisk.core.errors import MissingExtraError
from crmrisk.satisfaction.text import JiebaSegmenter, LexiconSentiment, SentimentScorer, VaderSentiment, text_signals
from crmrisk.satisfaction.text.sentiment import polarity_column

# vaderSentiment 3.3.2, values of its README (X3a) and executed (X3b)
VADER_ROWS = [
    ("X3a", "VADER is smart, handsome, and funny.", 0.8316),
    ("X3a", "VADER is smart, handsome, and funny!", 0.8439),
    ("X3a", "VADER is very smart, handsome, and funny.", 0.8545),
    ("X3a", "VADER is VERY SMART, handsome, and FUNNY.", 0.9227),
    ("X3a", "VADER is not smart, handsome, nor funny.", -0.7424),
    ("X3a", "Today SUX!", -0.5461),
    ("X3b", "The refund was late and the agent was rude.", -0.4588),
    ("X3b", "The agent was not rude.", 0.3570),
    ("X3b", "The adviser was helpful, but the fee was terrible.", -0.5023),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("row", "text", "compound"), VADER_ROWS)
def test_reference_rows_of_vader(row, text, compound):
    pytest.importorskip("vaderSentiment.vaderSentiment")
    assert VaderSentiment().score([text])[0] == pytest.approx(compound, abs=1e-4)


@pytest.mark.filterwarnings("ignore")
def test_reference_row_x4_of_snownlp_behind_the_protocol():
    snownlp = pytest.importorskip("snownlp")
    found = polarity_column(
        lambda text: snownlp.SnowNLP(text).sentiments, ["这个东西真心很赞", None], language="zh", languages=("zh",)
    )
    assert found[0] == pytest.approx(0.976955, abs=1e-4)
    assert np.isnan(found[1])


@pytest.mark.filterwarnings("ignore")
def test_jieba_cuts_words(capfd):
    pytest.importorskip("jieba")
    cut = JiebaSegmenter()
    assert "".join(cut.segment("快递员态度恶劣，app也慢")) == "快递员态度恶劣，app也慢"
    assert LexiconSentiment(segmenter=cut).score(["快递员态度恶劣", "快递"]).tolist()[1] == 0
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def fake_vader(monkeypatch):
    package, module = ModuleType("vaderSentiment"), ModuleType("vaderSentiment.vaderSentiment")

    class Analyzer:
        def polarity_scores(self, text):
            return {"compound": 0.5 if "good" in text else -0.25, "pos": 1.0}

    module.SentimentIntensityAnalyzer = Analyzer
    monkeypatch.setitem(sys.modules, "vaderSentiment", package)
    monkeypatch.setitem(sys.modules, "vaderSentiment.vaderSentiment", module)


def test_vader_takes_part_as_any_scorer(fake_vader):
    vader = VaderSentiment()
    assert isinstance(vader, SentimentScorer)
    np.testing.assert_array_equal(vader.score(["good", "bad", "", None], language="en"), [0.5, -0.25, np.nan, np.nan])
    assert np.isnan(vader.score(["good"], language=["zh"])).all()
    signals = text_signals(["good parcel"], customer_id=["A"], at=["2026-01-05"], sentiment=vader)
    assert signals.sentiment.startswith("vader ")
    assert signals.polarity.tolist() == [0.5]


def test_jieba_takes_part_as_any_segmenter(monkeypatch):
    module = ModuleType("jieba")
    module.lcut = lambda text: [text[:2], text[2:]]
    monkeypatch.setitem(sys.modules, "jieba", module)
    assert [hit.term for hit in LexiconSentiment(segmenter=JiebaSegmenter()).explain("速递快")] == ["快"]


@pytest.mark.parametrize(
    ("module", "adapter"), [("vaderSentiment.vaderSentiment", VaderSentiment), ("jieba", JiebaSegmenter)]
)
def test_what_is_not_installed_names_the_extra(monkeypatch, module, adapter):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r"crmrisk\[text\]"):
        adapter()
