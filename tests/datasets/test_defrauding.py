"""What incidents cost."""

from __future__ import annotations

import numpy as np

from crmrisk.datasets import Behaviour, Defrauding
from crmrisk.datasets.defrauding import draw_losses


def test_losses_are_log_normal():
    losses = np.log(draw_losses(20_000, Defrauding(loss=200, loss_spread=0.5), np.random.default_rng(1)))
    assert abs(losses.mean() - np.log(200)) < 5 * 0.5 / np.sqrt(20_000)
    assert abs(losses.std() - 0.5) < 5 * 0.5 / np.sqrt(2 * 20_000)


def test_no_incidents_leave_an_empty_table_with_its_columns(book_of):
    book = book_of(20, behaviour=Behaviour(defrauding=Defrauding(incidents_per_year=0)))
    assert list(book.incidents.columns) == ["customer_id", "event", "occurred_at", "loss"]
    assert len(book.incidents) == 0


def test_the_event_has_the_name_given(book_of):
    book = book_of(50, behaviour=Behaviour(defrauding=Defrauding(event="breach", incidents_per_year=2)))
    assert set(book.incidents["event"]) == {"breach"}
