"""What customers complain about."""

from __future__ import annotations

import numpy as np

from crmrisk.datasets.complaining import TOPICS, Complaining, describe_complaints


def test_closing_follows_its_settings():
    said = describe_complaints(np.zeros(20_000), Complaining(resolution=4, closed=0.8), np.random.default_rng(1))
    closed = said.closed[np.isfinite(said.closed)]
    assert abs(len(closed) - 16_000) < 5 * np.sqrt(20_000 * 0.8 * 0.2)
    assert abs(closed.mean() - 4) < 5 * 4 / np.sqrt(len(closed))


def test_text_goes_with_topic():
    said = describe_complaints(np.zeros(100), Complaining(), np.random.default_rng(1))
    assert {TOPICS[topic] for topic in said.topic} == set(TOPICS.values())
    assert all(TOPICS[topic] == text for topic, text in zip(said.topic, said.text, strict=True))
