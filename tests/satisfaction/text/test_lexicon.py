from __future__ import annotations

import copy
import json
import pickle

import pytest

from crmrisk.core.errors import CrmRiskError, InvalidValueError
from crmrisk.satisfaction.text import Lexicon, LexiconSentiment, bilingual_lexicon, chinese_lexicon, english_lexicon

MINE = Lexicon(name="mine", version="2", languages=("en",), weights={"laggy": -2, "fine": -1}, intensifiers={"mega": 2})


@pytest.mark.parametrize("lexicon", [english_lexicon(), chinese_lexicon(), bilingual_lexicon(), MINE])
def test_json_round_trip_copies_and_pickles(lexicon):
    assert Lexicon.from_json(lexicon.to_json()) == lexicon
    assert copy.deepcopy(lexicon) == pickle.loads(pickle.dumps(lexicon)) == lexicon  # noqa: S301 - our own
    assert hash(copy.copy(lexicon)) == hash(lexicon)
    assert json.loads(lexicon.to_json())["name"] == lexicon.name


def test_the_built_in_entries_are_of_a_size_worth_the_name_and_of_both_signs():
    for lexicon in (english_lexicon(), chinese_lexicon()):
        weights = lexicon.weights.values()
        assert sum(weight > 0 for weight in weights) > 150
        assert sum(weight < 0 for weight in weights) > 150
        assert len(lexicon.negators) > 20
    assert len(bilingual_lexicon()) >= len(english_lexicon()) + len(chinese_lexicon())


def test_merging_lets_the_later_entry_count_and_names_both():
    merged = english_lexicon().merge(MINE)
    assert str(merged) == "english+mine 1.0+2"
    assert (merged.weights["fine"], merged.weights["laggy"], merged.intensifiers["mega"]) == (-1, -2, 2)
    assert english_lexicon().weights["fine"] == 1.0


def test_a_term_changes_its_role_when_merged():
    turned = english_lexicon().merge(Lexicon(name="x", version="1", languages=("en",), weights={"Without": -1}))
    assert "without" not in turned.negators
    assert turned.weights["Without"] == -1


def test_own_words_are_heard():
    plain, own = (
        LexiconSentiment(),
        LexiconSentiment(lexicon=bilingual_lexicon().extended({"laggy": -2.5, "卡成狗": -3})),
    )
    texts = ["so laggy", "卡成狗"]
    assert plain.score(texts).tolist() == [0, 0]
    assert (own.score(texts) < -0.5).all()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weights": {"good": 9}}, "out of range"),
        ({"weights": {"good": float("nan")}}, "finite"),
        ({"weights": {"good": "very"}}, "valid number"),
        ({"weights": {" ": 1}}, "not a word"),
        ({"weights": {"good": 1, "Good": 2}}, "two entries or roles"),
        ({"weights": {"not": 1}, "negators": ("not",)}, "two entries or roles"),
        ({"intensifiers": {"very": 0}}, "out of range"),
        ({"intensifiers": {"very": -1}}, "out of range"),
        ({"languages": ()}, "at least 1"),
        ({"name": ""}, "at least 1"),
        ({"weights": ["good"]}, "valid"),
    ],
)
def test_what_is_no_lexicon_is_refused(changes, words):
    with pytest.raises(InvalidValueError, match=words):
        Lexicon(**({"name": "x", "version": "1", "languages": ("en",), "weights": {}} | changes))


def test_merging_with_something_else_and_broken_json_are_refused():
    for broken in (
        lambda: english_lexicon().merge({"good": 1}),
        lambda: Lexicon.from_json("{"),
        lambda: Lexicon.from_json('{"name":"x"}'),
    ):
        with pytest.raises(CrmRiskError):
            broken()


def test_entries_are_frozen():
    with pytest.raises(TypeError):
        english_lexicon().weights["good"] = 3
