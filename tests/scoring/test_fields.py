from __future__ import annotations

import pickle
from copy import deepcopy

import pytest

from crmrisk.core.frozen_mapping import FrozenMapping


def test_a_frozen_mapping_is_a_mapping():
    mapping = FrozenMapping({"a": 1, "b": 2})
    assert dict(mapping) == {"a": 1, "b": 2}
    assert len(mapping) == 2
    assert list(mapping) == ["a", "b"]
    assert repr(mapping) == "{'a': 1, 'b': 2}"


def test_it_does_not_follow_what_it_was_made_of():
    source = {"a": 1}
    mapping = FrozenMapping(source)
    source["a"] = 2
    assert mapping == {"a": 1}
    with pytest.raises(TypeError):
        mapping["a"] = 3  # type: ignore[index]


def test_equality_and_hash_ignore_order():
    one, other = FrozenMapping({"a": 1, "b": 2}), FrozenMapping({"b": 2, "a": 1})
    assert one == other
    assert hash(one) == hash(other)
    assert one != {"a": 1}
    assert one != 1


def test_it_travels_between_processes():
    mapping = FrozenMapping({"a": (1, 2)})
    assert pickle.loads(pickle.dumps(mapping)) == mapping  # noqa: S301 - our own bytes
    assert deepcopy(mapping) == mapping
