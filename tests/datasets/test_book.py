"""A whole simulated book: its tables, its reproducibility, and what it refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.datasets import Behaviour, Purchasing, Segment, Servicing, simulate_book

START, END = date(2024, 1, 1), date(2026, 1, 1)
MOMENTS = {
    "transactions": ["at"],
    "complaints": ["opened_at", "closed_at"],
    "surveys": ["at"],
    "payments": ["due_at", "paid_at"],
    "service": ["at", "answered_at", "resolved_at"],
    "incidents": ["occurred_at"],
}


class TestTables:
    def test_columns_are_those_of_evidence(self, book):
        assert {name: list(table.columns) for name, table in book.tables().items()} == {
            "customers": ["customer_id", "since", "segment", "tier", "tags"],
            "transactions": ["customer_id", "at", "amount", "cost", "product"],
            "complaints": ["customer_id", "opened_at", "closed_at", "severity", "topic", "text"],
            "surveys": ["customer_id", "at", "question", "score"],
            "payments": ["customer_id", "due_at", "amount", "paid_at"],
            "service": ["customer_id", "at", "channel", "answered_at", "resolved_at", "accurate"],
            "incidents": ["customer_id", "event", "occurred_at", "loss"],
        }

    @pytest.mark.parametrize("name", MOMENTS)
    def test_nothing_before_since_or_at_the_end(self, book, name):
        table = getattr(book, name)
        since = table["customer_id"].map(book.customers.set_index("customer_id")["since"])
        for column in MOMENTS[name]:
            moments = table[column]
            known = moments.notna()
            assert known.any()
            assert (moments[known] >= since[known]).all()
            assert (moments[known] < pd.Timestamp(END)).all()

    @pytest.mark.parametrize("name", MOMENTS)
    def test_the_first_moment_of_a_record_is_always_known(self, book, name):
        assert getattr(book, name)[MOMENTS[name][0]].notna().all()

    def test_steps_come_in_order(self, book):
        complaints, service = book.complaints.dropna(), book.service.dropna()
        assert (complaints["closed_at"] >= complaints["opened_at"]).all()
        assert (service["answered_at"] >= service["at"]).all()
        assert (service["resolved_at"] >= service["answered_at"]).all()

    def test_nobody_buys_after_leaving(self, book):
        dropped = book.transactions["customer_id"].map(book.truth.set_index("customer_id")["dropped_at"])
        assert not (book.transactions["at"] > dropped).any()
        assert (book.transactions["at"] == dropped).sum() == book.truth["dropped_at"].notna().sum()

    def test_everyone_joins_with_a_purchase(self, book):
        first = book.transactions.groupby("customer_id")["at"].min()
        assert first.equals(book.customers.set_index("customer_id")["since"].rename("at"))

    def test_ids_are_unique_and_truth_is_aligned(self, book):
        assert book.customers["customer_id"].is_unique
        assert (book.customers["customer_id"] == book.truth["customer_id"]).all()

    def test_values_are_in_range(self, book):
        assert book.surveys["score"].between(0, 10).all()
        assert book.complaints["severity"].between(1, 5).all()
        assert (book.transactions["amount"] >= 0.01).all()
        assert (book.transactions["cost"] <= book.transactions["amount"]).all()
        assert set(book.service["accurate"].dropna()) == {0.0, 1.0}
        assert (book.service["accurate"].isna() == book.service["answered_at"].isna()).all()

    def test_repr_counts(self, book_of):
        assert repr(book_of(3)).startswith("SimulatedBook(2024-01-01 to 2026-01-01: 3 customers, ")


class TestReproducibility:
    def test_same_seed_same_book(self, book_of):
        first, second = book_of(300), book_of(300)
        for name, table in first.tables().items():
            pd.testing.assert_frame_equal(table, second.tables()[name])
        pd.testing.assert_frame_equal(first.truth, second.truth)

    def test_other_seed_other_book(self, book_of):
        assert not book_of(300).transactions.equals(book_of(300, seed=12).transactions)

    def test_one_generator_gives_different_books_in_turn(self):
        rng = np.random.default_rng(1)
        first, second = (simulate_book(n_customers=50, start=START, end=END, rng=rng) for _ in range(2))
        assert not first.transactions.equals(second.transactions)

    def test_one_process_leaves_the_draws_of_the_others(self, book_of):
        plain, busy = book_of(300), book_of(300, behaviour=Behaviour(servicing=Servicing(contacts_per_year=20)))
        assert len(busy.service) > len(plain.service)
        for name in set(plain.tables()) - {"service"}:
            pd.testing.assert_frame_equal(plain.tables()[name], busy.tables()[name])


class TestBadInput:
    @pytest.mark.parametrize(
        ("settings", "match"),
        [
            ({"n_customers": 0}, "not a number of customers"),
            ({"n_customers": 2.5}, "not a number of customers"),
            ({"n_customers": True}, "not a number of customers"),
            ({"rng": 7}, "not a source of randomness"),
            ({"end": START}, "ends before it starts"),
            ({"start": "2024-01-01"}, "not a point in time"),
            ({"start": datetime(2024, 1, 1, tzinfo=UTC)}, "time zone"),
            ({"segments": ()}, "shares do not add up"),
            ({"segments": (Segment(name="a", share=0.5), Segment(name="a", share=0.5))}, "names repeat"),
            ({"segments": (Segment(name="a", share=0.9),)}, "shares do not add up"),
            ({"segments": ("consumer",)}, "not segments"),
        ],
    )
    def test_is_refused(self, settings, match):
        good = {"n_customers": 10, "start": START, "end": END, "rng": np.random.default_rng(1)}
        with pytest.raises(InvalidValueError, match=match):
            simulate_book(**good | settings)

    def test_everything_wrong_is_listed_at_once(self):
        with pytest.raises(InvalidValueError, match="3 problems") as caught:
            simulate_book(n_customers=-1, start=END, end=START, rng=None)
        assert len(caught.value.problems) == 3

    @pytest.mark.parametrize(
        "settings", [{"r": 0}, {"alpha": -1}, {"complaint": 1.5}, {"b": float("nan")}, {"rate": 3}]
    )
    def test_settings_out_of_range(self, settings):
        with pytest.raises(InvalidValueError):
            Purchasing(**settings)


@pytest.mark.parametrize("n_customers", [1, 2])
def test_tiny_books_have_every_column_with_its_type(n_customers, book_of):
    tiny, large = book_of(n_customers).tables(), book_of(500).tables()
    for name, table in tiny.items():
        times = [column for column in table if str(large[name][column].dtype).startswith("datetime")]
        assert list(table.columns) == list(large[name].columns)
        assert all(table[column].dtype == large[name][column].dtype for column in times)
