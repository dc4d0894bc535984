from __future__ import annotations

import pytest

import crmrisk as cr


def test_register_has_one_line_per_risk_and_segment(assessed):
    register = assessed.register()
    assert {(line.risk, line.segment) for line in register} == {
        (risk, segment) for risk in ("churn", "fraud") for segment in ("gold", "basic", "unrated segment")
    }
    line = next(line for line in register if (line.risk, line.segment) == ("churn", "gold"))
    assert (line.customers, line.unrated, line.expected_events) == (2, 0, pytest.approx(0.6))
    assert line.expected_loss == pytest.approx(510.0)
    assert line.residual_expected_loss == pytest.approx(510 * 0.63)
    assert line.inherent_expected_loss is None
    assert line.level == "high"  # 255 per customer
    assert line.residual_level == "moderate"  # 160.65 per customer
    assert line.highest_level == "high"
    assert (line.owner, line.treatments) == ("Ann", ("call", "discount"))
    unrated = next(line for line in register if (line.risk, line.segment) == ("churn", "unrated segment"))
    assert (unrated.unrated, unrated.level, unrated.likelihood) == (1, "unrated", None)
    assert [line.expected_loss for line in register] == sorted((line.expected_loss for line in register), reverse=True)


def test_register_adds_up_to_the_summaries(assessed):
    for each in assessed:
        lines = [line for line in assessed.register() if line.risk == each.pipeline.name]
        assert sum(line.expected_loss for line in lines) == pytest.approx(each.summary().expected_loss)
        assert sum(line.customers for line in lines) == len(each)


def test_without_the_label_there_is_one_line_per_risk(assessed):
    register = assessed.register(label="region")
    assert [(line.risk, line.segment) for line in register] == [("churn", "all customers"), ("fraud", "all customers")]


def test_next_review_follows_the_rhythm(book, make_pipeline):
    month = make_pipeline().event.horizon
    programme = cr.RiskProgramme([make_pipeline(review_every=month)])
    line = programme.fit_portfolio(book).assess_portfolio(book).register().lines[0]
    assert line.next_review == book.as_of + month


def test_controls_in_place_give_the_inherent_loss(book, make_pipeline):
    in_place = cr.Control("welcome call", likelihood_remaining=0.5, in_place=True)
    programme = cr.RiskProgramme([make_pipeline(controls=[in_place])])
    register = programme.fit_portfolio(book).assess_portfolio(book).register(label="none")
    assert register.lines[0].inherent_expected_loss == pytest.approx(1000 * 1.0 + 100 * 0.2)
    assert register.lines[0].controls_in_place == ("welcome call",)


def test_text_and_html_hold_every_line(assessed):
    register = assessed.register()
    assert len(str(register).splitlines()) == len(register) + 1
    assert register.to_html().count("<tr>") == len(register) + 1
    assert len(register.frame()) == len(register)
