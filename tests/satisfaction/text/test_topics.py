from __future__ import annotations

import copy

import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.text import TopicKeywords, complaint_topics
from crmrisk.satisfaction.text.topics import clauses

TOPICS = complaint_topics()


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("The courier lost my parcel", {"delivery"}),
        ("They charged a hidden fee", {"billing and fees"}),
        ("The agent was rude", {"staff"}),
        ("The material is faulty", {"product quality"}),
        ("The app crashes at login", {"app and technology"}),
        ("You leaked my personal data", {"privacy"}),
        ("I want my money back", {"refund"}),
        ("Two hours on hold", {"waiting time"}),
        ("快递还没送达", {"delivery"}),
        ("乱收费", {"billing and fees"}),
        ("客服态度恶劣", {"staff"}),
        ("衣服有瑕疵", {"product quality"}),
        ("软件闪退", {"app and technology"}),
        ("泄露个人信息", {"privacy"}),
        ("申请退款", {"refund"}),
        ("等待太久", {"waiting time"}),
        ("快递费", {"billing and fees"}),
        ("Hello", set()),
        ("A coffee and a weightless happy staffer", set()),
    ],
)
def test_complaint_topics(text, topics):
    assert set(TOPICS.find(text)) == topics


def test_round_trips():
    assert TopicKeywords.from_json(TOPICS.to_json()) == TOPICS == copy.deepcopy(TOPICS)
    assert hash(copy.deepcopy(TOPICS)) == hash(TOPICS)


def test_a_keyword_may_tell_two_topics_and_topics_may_be_merged():
    own = TopicKeywords({"a": ["card"], "b": ["card", "card fee"]})
    assert own.count(["card, card fee", ""]).tolist() == [[1, 2], [0, 0]]
    merged = TOPICS.merge(TopicKeywords({"refund": ["voucher"]}, name="mine", version="7"))
    assert (merged.names, str(merged)) == (TOPICS.names, "complaint topics+mine 1.0+7")
    assert merged.find("voucher") == {"refund": ("voucher",)}


@pytest.mark.parametrize(
    "topics",
    [{}, {"a": []}, {"": ["x"]}, {"Other": ["x"]}, {"a": [" "]}, {"a": "word"}, {"a": [3]}, ["a"], None, {3: ["x"]}],
)
def test_what_are_no_topics_is_refused(topics):
    with pytest.raises(InvalidValueError):
        TopicKeywords(topics)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a, b; c! d. e", ["a", "b", "c", "d", "e"]),
        ("1,000.5 butter", ["1,000.5 butter"]),
        ("好但是慢。快", ["好", "慢", "快"]),
        ("a\nb", ["a", "b"]),
    ],
)
def test_clauses(text, expected):
    assert clauses(text) == expected
