"""Real transactions: cancellations and missing identifiers counted, one answer on every engine."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from crmrisk.evidence import Evidence, Purchases

pytestmark = pytest.mark.realdata


def _online_retail(data_folder):
    lines = pd.read_parquet(data_folder / "online_retail.parquet")
    return lines.assign(amount=lines["Quantity"] * lines["UnitPrice"])


RENAME = {"transactions": {"CustomerID": "customer_id", "InvoiceDate": "at"}}


def test_cdnow_sample_has_the_published_statistics(data_folder):
    """2,357 customers, 946 of them repeat buyers with 2,457 repeat days in weeks 1-39 (Fader, Hardie and Lee 2005)."""
    sales = pd.read_parquet(data_folder / "cdnow_sample.parquet")
    rename = {"transactions": {"date": "at", "spend": "amount"}}
    evidence = Evidence(transactions=sales, rename=rename)
    book = evidence.portfolio(date(1997, 9, 30))
    assert (len(book), int((book["frequency"] > 0).sum()), int(np.nansum(book["frequency"]))) == (2357, 946, 2457)
    assert evidence.quality(date(1997, 9, 30))["transactions"].zero_amounts == 8
    assert int(np.isnan(book["frequency"]).sum()) == 8  # their only record is a purchase of nothing


def test_online_retail_counts_what_it_leaves_out(data_folder):
    """135,080 lines name no customer, 9,288 lines are cancellations (UCI 352)."""
    evidence = Evidence(transactions=_online_retail(data_folder), rename=RENAME, unidentified="exclude")
    quality = evidence.quality(datetime(2011, 12, 10))["transactions"]
    assert (quality.rows, quality.unidentified, quality.known) == (541_909, 135_080, 541_909 - 135_080)
    assert (quality.refunds, quality.later) == (9_290, 0)  # 9,288 cancelled lines and two adjustments of bad debt
    book = evidence.portfolio(datetime(2011, 12, 10))
    assert len(book) == 4372
    spent = _online_retail(data_folder).dropna(subset="CustomerID")["amount"]
    np.testing.assert_allclose(np.nansum(book["total_spend"]), spent[spent > 0].sum(), rtol=1e-12)
    np.testing.assert_allclose(book["refunds"].sum(), -spent[spent < 0].sum(), rtol=1e-12)


def test_online_retail_is_the_same_on_every_engine(data_folder):
    pl, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    lines = _online_retail(data_folder)[["CustomerID", "InvoiceDate", "amount"]]
    frames = (lines, pl.from_pandas(lines).lazy(), duckdb.from_df(lines))
    books = [
        Evidence(transactions=frame, rename=RENAME, unidentified="exclude").portfolio(date(2011, 9, 1), [Purchases()])
        for frame in frames
    ]
    for book in books[1:]:
        assert book.customer_id.tolist() == books[0].customer_id.tolist()
        for name, column in book.columns.items():
            np.testing.assert_allclose(column, books[0][name], rtol=1e-12, err_msg=name)
