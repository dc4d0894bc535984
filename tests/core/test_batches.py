from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from crmrisk.core.bases import StatelessScorer
from crmrisk.core.batches import portfolio_of, score_batches
from crmrisk.core.errors import MissingInputsError, PortfolioError
from crmrisk.core.measures import Input, Measure
from crmrisk.core.portfolio import Portfolio
from crmrisk.core.scores import Ranged

AS_OF = date(2026, 1, 31)


class Silence(StatelessScorer):
    inputs = (Input("idle_days", "day", ge=0),)
    measure = Measure.share()

    def compute(self, portfolio):
        return 1 - np.exp(-portfolio["idle_days"] / 37.0)


class Banded(Silence):
    def compute(self, portfolio):
        values = super().compute(portfolio)
        return Ranged(values, low=values / 2, high=np.sqrt(values))


def _table(n=1000):
    rng = np.random.default_rng(5)
    idle = rng.uniform(0, 400, n)
    idle[::7] = np.nan
    return pa.table(
        {
            "customer_id": [f"C{i}" for i in range(n)],
            "idle_days": pa.array(idle, from_pandas=True),
            "since": [AS_OF] * n,
        }
    )


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_batches_score_as_the_whole_portfolio_bit_for_bit(size):
    table = _table()
    whole = Silence().score(
        Portfolio(table["customer_id"].to_pylist(), AS_OF, {"idle_days": table["idle_days"].to_pylist()})
    )
    scored = pa.Table.from_batches(score_batches(Silence(), table.to_batches(size), as_of=AS_OF))
    assert scored.column_names == ["customer_id", "score"]
    assert scored["customer_id"].to_pylist() == whole.customer_id.tolist()
    values = scored["score"].to_numpy()
    assert np.array_equal(values, whole.values, equal_nan=True)
    assert scored["score"].null_count == int((~whole.rated).sum())


def test_intervals_come_along_where_the_scorer_knows_them():
    (batch,) = score_batches(Banded(), _table(3).to_batches(), as_of=AS_OF)
    assert batch.schema.names == ["customer_id", "score", "low", "high"]
    assert batch.column("low").null_count == batch.column("score").null_count == 1


def test_empty_batches_yield_nothing():
    empty = pa.RecordBatch.from_pylist(
        [], schema=pa.schema([("customer_id", pa.string()), ("idle_days", pa.float64())])
    )
    assert list(score_batches(Silence(), [empty], as_of=AS_OF)) == []


def test_any_number_is_a_column_text_is_a_label_and_the_rest_is_ignored():
    batch = pa.record_batch(
        {
            "customer_id": [1, 2],
            "count": [3, None],
            "flag": [True, None],
            "money": [Decimal("1.50"), None],
            "tier": ["gold", None],
            "day": [AS_OF, AS_OF],
        }
    )
    book = portfolio_of(batch, as_of=AS_OF)
    assert book.customer_id.tolist() == ["1", "2"]
    assert {name: column[0] for name, column in book.columns.items()} == {"count": 3.0, "flag": 1.0, "money": 1.5}
    assert all(np.isnan(column[1]) for column in book.columns.values())
    assert book.label("tier").tolist() == ["gold", None]
    assert "day" not in book.columns


def test_what_is_wrong_is_said():
    with pytest.raises(PortfolioError, match="customer_id"):
        portfolio_of(pa.record_batch({"idle_days": [1.0]}), as_of=AS_OF)
    with pytest.raises(PortfolioError, match="duplicate"):
        portfolio_of(pa.record_batch({"customer_id": ["a", "a"]}), as_of=AS_OF)
    with pytest.raises(PortfolioError, match="infinite"):
        portfolio_of(pa.record_batch({"customer_id": ["a"], "x": [float("inf")]}), as_of=AS_OF)
    with pytest.raises(MissingInputsError, match="idle_days"):
        list(score_batches(Silence(), [pa.record_batch({"customer_id": ["a"]})], as_of=AS_OF))
