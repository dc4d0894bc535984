from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import CrmRiskError, InvalidValueError, RecordError
from crmrisk.satisfaction.text import LexiconSentiment, TopicKeywords, text_signals

DAY = "2026-01-05"


def test_praise_and_blame_go_to_what_they_are_about():
    signals = text_signals(["Kind staff, but the parcel was late."], customer_id=["A"], at=[DAY])
    said = signals.mentions().set_index("topic")["polarity"]
    assert said["staff"] > 0 > said["delivery"]


def test_a_topic_named_without_a_feeling_takes_that_of_the_text():
    signals = text_signals(["About my parcel. Terrible."], customer_id=["A"], at=[DAY])
    said = signals.mentions().set_index("topic")["polarity"]
    assert said["delivery"] == signals.text_polarity[0]


def test_texts_without_a_keyword_or_without_text_are_about_other_things():
    signals = text_signals(["good", None, "", "parcel"], customer_id=list("ABCD"), at=[DAY] * 4)
    assert signals.mentions()["topic"].tolist() == ["other", "other", "other", "delivery"]
    assert np.isnan(signals.polarity).tolist() == [False, True, True, False]


def test_one_text_alone_equals_the_same_among_many():
    texts = [
        "Kind staff, but the parcel was late.",
        "bad",
        None,
        "退款太慢了，客服好",
        "Kind staff, but the parcel was late.",
    ]
    many = text_signals(texts, customer_id=range(5), at=[DAY] * 5).mentions()
    for row, text in enumerate(texts):
        alone = text_signals([text], customer_id=[row], at=[DAY]).mentions()
        mine = many[many["text"] == row].reset_index(drop=True).assign(text=0)
        pd.testing.assert_frame_equal(alone, mine)


def test_language_leaves_texts_unrated_and_their_topics_too():
    signals = text_signals(["bad parcel", "bad parcel"], customer_id=["A", "B"], at=[DAY] * 2, language=["en", "de"])
    assert np.isnan(signals.text_polarity).tolist() == [False, True]
    assert np.isnan(signals.polarity).tolist() == [False, True]


@pytest.mark.parametrize(
    "at",
    [
        [DAY, DAY],
        [date(2026, 1, 5)] * 2,
        [datetime(2026, 1, 5)] * 2,
        np.array([DAY] * 2, dtype="datetime64[D]"),
        pd.Series(pd.to_datetime([DAY] * 2)),
        pd.to_datetime([DAY] * 2),
    ],
)
def test_any_column_of_times(at):
    signals = text_signals(["a", "b"], customer_id=["A", "B"], at=at)
    assert signals.at.tolist() == [datetime(2026, 1, 5)] * 2
    assert not signals.aware


def test_aware_times_become_utc():
    at = [datetime(2026, 1, 5, tzinfo=UTC), datetime.fromisoformat("2026-01-05T01:00+08:00")]
    signals = text_signals(["bad", "b"], customer_id=["A", "B"], at=at)
    assert signals.aware
    assert signals.at.tolist()[1] == datetime(2026, 1, 4, 17)
    assert str(signals.surveys()["at"].dtype).endswith("UTC]")
    assert len(signals.daily()) == 2


def test_engines_columns():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"id": [1, 2], "at": [datetime(2026, 1, 5)] * 2, "text": ["bad", None]})
    signals = text_signals(frame["text"], customer_id=frame["id"], at=frame["at"])
    assert set(signals.surveys()["customer_id"]) == {1}


GOOD = {"texts": ["a", "b"], "customer_id": ["A", "B"], "at": [DAY, DAY]}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"customer_id": ["A"]}, "customer_id: not one per text"),
        ({"customer_id": ["A", None]}, "customer_id: 1 missing"),
        ({"customer_id": [1.5, 2]}, "customer_id: 1 missing or no text"),
        ({"customer_id": [float("nan"), 2]}, "customer_id: 1 missing"),
        ({"customer_id": [float("inf"), 2]}, "customer_id"),
        ({"customer_id": "AB"}, "customer_id"),
        ({"customer_id": None}, "customer_id"),
        ({"at": [DAY]}, "at: not one per text"),
        ({"at": [DAY, None]}, "at: 1 time"),
        ({"at": [1, 2]}, "at: not one time per text"),
        ({"at": ["soon", DAY]}, "at: not times"),
        ({"at": [datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)]}, "at: not times"),
        ({"at": DAY}, "at"),
        ({"entity": ["x"]}, "entity: not one per text"),
        ({"texts": ["a", 3]}, "texts: 1 row"),
        ({"texts": None}, "texts"),
        ({"texts": [["a"], ["b", "c"]]}, "texts"),
        ({"topics": {"a": []}}, "keywords"),
        ({"topics": ["a"]}, "TopicKeywords"),
        ({"sentiment": "vader"}, "SentimentScorer"),
        ({"sentiment": LexiconSentiment}, "SentimentScorer"),
        ({"language": "de"}, "language"),
    ],
)
def test_what_cannot_be_used_is_named(changes, words):
    given = GOOD | changes
    with pytest.raises(CrmRiskError, match=words):
        text_signals(given.pop("texts"), **given)


def test_no_texts_at_all():
    signals = text_signals([], customer_id=[], at=[])
    assert len(signals) == 0
    for table in (signals.frame(), signals.mentions(), signals.surveys(), signals.complaints(), signals.daily()):
        assert len(table) == 0
    assert signals.mean_polarity().value is None


class Loud:
    name, version, languages = "loud", "1", ("en",)

    def __init__(self, values):
        self.values = values

    def score(self, texts, /, *, language=None):
        return np.full(len(texts), self.values) if isinstance(self.values, float) else self.values


def test_any_scorer_takes_part_and_is_held_to_its_promise():
    found = text_signals(["parcel"], customer_id=["A"], at=[DAY], sentiment=Loud(0.5), topics={"post": ["parcel"]})
    assert found.mentions()["polarity"].tolist() == [0.5]
    assert (found.sentiment, found.keywords) == ("loud 1", "own topics 1")
    for broken in (3.0, np.array([1]), np.array([0.1, 0.2]), "good"):
        with pytest.raises(InvalidValueError, match="not as promised"):
            text_signals(["a"], customer_id=["A"], at=[DAY], sentiment=Loud(broken))


def test_the_callers_columns_stay_as_they_are():
    frame = pd.DataFrame({"text": ["bad", None], "id": [1, 2], "at": pd.to_datetime([DAY] * 2)})
    copy = frame.copy(deep=True)
    signals = text_signals(frame["text"], customer_id=frame["id"], at=frame["at"])
    pd.testing.assert_frame_equal(frame, copy)
    with pytest.raises(ValueError, match="read-only"):
        signals.polarity[0] = 1


@pytest.mark.realdata
def test_issues_of_the_cfpb_sample(data_folder):
    sample = pd.read_parquet(data_folder / "cfpb_complaints_sample.parquet")
    words = sample["Issue"] + "; " + sample["Sub-issue"].fillna("")
    signals = text_signals(
        words, customer_id=sample["Complaint ID"], at=sample["Date received"], entity=sample["Company"]
    )
    topics = signals.mentions()
    fees = sample.index[sample["Issue"].isin(["Fees or interest", "Problem with a purchase shown on your statement"])]
    privacy = sample.index[sample["Issue"].str.contains("identity theft|Unauthorized", case=False)]
    assert len(fees) > 20
    assert len(privacy) > 20
    assert set(fees) <= set(topics.loc[topics["topic"] == "billing and fees", "text"])
    assert set(privacy) <= set(topics.loc[topics["topic"] == "privacy", "text"])
    daily = signals.daily()
    assert daily["n"].sum() == len(sample)
    assert len(daily) == (sample["Date received"].max() - sample["Date received"].min()).days + 1
    assert signals.entities()["entity"].nunique() == sample["Company"].nunique()
    rated = signals.text_polarity[~np.isnan(signals.text_polarity)]
    assert (rated < 0).mean() > 10 * (rated > 0.1).mean()


def test_record_error_counts_rows():
    with pytest.raises(RecordError, match="rows 0, 1, 2, 3, 4, "):
        text_signals([1] * 9, customer_id=range(9), at=[DAY] * 9)


def test_topics_as_a_mapping_equal_topics_as_an_object():
    given = {"customer_id": ["A"], "at": [DAY]}
    words = {"post": ["parcel"]}
    one = text_signals(["parcel"], **given, topics=words)
    other = text_signals(["parcel"], **given, topics=TopicKeywords({"post": ("parcel",)}))
    pd.testing.assert_frame_equal(one.frame(), other.frame())
