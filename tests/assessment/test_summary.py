from __future__ import annotations

import pytest

import crmrisk as cr


def test_summary_adds_up_the_rated_and_counts_the_others(book, make_pipeline):
    summary = make_pipeline().fit(book).assess(book).summary()
    assert (summary.customers, summary.unrated) == (4, 1)
    assert summary.expected_events == pytest.approx(0.6)
    assert summary.expected_loss == pytest.approx(510.0)
    assert summary.residual_expected_loss == pytest.approx(510 * 0.63)
    assert [(line.level, line.customers) for line in summary.levels] == [("high", 1), ("low", 2), ("unrated", 1)]
    assert sum(line.customers for line in summary.levels) == summary.customers
    assert "churn within 30 days of 2026-01-31" in str(summary)


def test_html_is_escaped_and_self_contained(book, make_pipeline):
    event = cr.RiskEvent("<b>churn</b>", "attrition", make_pipeline().event.horizon)
    html = make_pipeline(event=event).fit(book).assess(book)._repr_html_()
    assert "<b>churn" not in html
    assert "&lt;b&gt;churn" in html
    assert "http" not in html
