"""How much an assessment rests on: which inputs were known, and whether the likelihood carries its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crmrisk.core.measures import LABEL

if TYPE_CHECKING:
    from crmrisk.assessment.assessments import Assessments
    from crmrisk.core.arrays import BoolArray, ObjectArray
    from crmrisk.core.measures import Input
    from crmrisk.core.portfolio import Portfolio

__all__ = ["strengths"]


def strengths(assessments: Assessments) -> ObjectArray:
    """Grade the knowledge behind every assessment; see `StrengthOfKnowledge`.

    Parameters
    ----------
    assessments
        The assessments of a portfolio.

    Returns
    -------
    Text, ``(n_customers,)``.

    Examples
    --------
    See `crmrisk.AssessmentPipeline`; the frame of its assessments has this column.
    """
    rated = ~np.isnan(assessments.current.expected_loss)
    known = _everything_known(assessments.portfolio, assessments.pipeline.inputs)
    span = assessments.current.likelihood_span
    with_interval = np.zeros(len(rated), dtype=np.bool_) if span is None else ~np.isnan(span.low)
    graded = np.where(known, np.where(with_interval, "strong", "moderate"), "weak")
    return np.where(rated, graded, "none").astype(object)


def _everything_known(portfolio: Portfolio, inputs: tuple[Input, ...]) -> BoolArray:
    known = np.ones(len(portfolio), dtype=np.bool_)
    for each in inputs:
        if each.unit == LABEL:
            known &= np.array([label is not None for label in portfolio.label(each.name).tolist()], dtype=np.bool_)
        else:
            known &= ~np.isnan(portfolio.columns[each.name]) if each.name in portfolio.columns else False
    return known
