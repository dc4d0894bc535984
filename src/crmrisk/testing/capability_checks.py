"""The checks of what a component offers or claims: monotone effects, explanations, a JSON form."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import TypeAdapter

from crmrisk.core.codec import dump_component, load_component
from crmrisk.core.errors import UnknownComponentError
from crmrisk.core.registry import component_class
from crmrisk.core.saved import load, save
from crmrisk.core.scorers import Explains
from crmrisk.testing.compare import assert_same_answers, fail, name_some, replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmrisk.core.arrays import BoolArray, FloatArray
    from crmrisk.core.explanation import Explanation
    from crmrisk.core.scores import Scores
    from crmrisk.testing.case import Case, ScorerCase

__all__ = ["CHECKS"]

_STEPS = 9
_MOST_CUSTOMERS = 12
_CLOSE = 1e-9


def monotone_where_declared(case: ScorerCase) -> str | None:
    """Check that scores never fall (or never rise) with the inputs declared in ``monotone: Mapping[str, int]``."""
    declared: Mapping[str, int] = getattr(case.fitted, "monotone", None) or getattr(case.scorer, "monotone", None) or {}
    strange = {name: sign for name, sign in declared.items() if name not in case.book.columns or sign not in {-1, 1}}
    if strange:
        fail(f"monotone declares {strange}", remedy="map numeric inputs to 1 (never falls) or -1 (never rises)")
    for name, sign in declared.items():
        _assert_monotone(case, name, sign)
    return None if declared else "it declares no monotone input"


def _assert_monotone(case: ScorerCase, name: str, sign: int) -> None:
    rows = np.flatnonzero(case.scores.rated)[:_MOST_CUSTOMERS]
    book = case.book.take(rows)
    known = case.book[name][~np.isnan(case.book[name])]
    steps = np.unique(np.quantile(known, np.linspace(0.0, 1.0, _STEPS), method="nearest"))
    scores = [
        case.fitted.score(replaced(book, columns={**book.columns, name: np.full(len(book), step)})).values
        for step in steps
    ]
    wrong = np.any(np.diff(np.array(scores), axis=0) * sign < -_CLOSE, axis=0)
    if wrong.any():
        direction = "falls" if sign > 0 else "rises"
        what = f"the score {direction} while {name} grows, which `monotone` excludes"
        fail(what, customers=name_some(book.customer_id, wrong), remedy="correct the scorer or its `monotone`")


def explanations_add_up(case: ScorerCase) -> str | None:
    """Check that baseline and contributions add up to the score on the scale they name, also for one customer."""
    if not isinstance(case.fitted, Explains):
        return "it does not explain"
    explanation = case.fitted.explain(case.book)
    if list(explanation.customer_id) != list(case.book.customer_id):
        fail("the explanation is of other customers", remedy="build it with portfolio.customer_id")
    unexplained = np.isnan(explanation.total) != ~case.scores.rated
    if unexplained.any():
        customers = name_some(case.book.customer_id, unexplained)
        fail("rated and explained customers differ", customers=customers, remedy="give unrated customers a row of NaN")
    wrong = _disagreement(explanation, case.scores)
    if wrong.any():
        shown = name_some(case.book.customer_id, wrong, ("total", explanation.total), ("score", case.scores.values))
        remedy = "name the scale on which contributions add up to the score"
        fail(f"contributions do not add up on the scale {explanation.scale!r}", customers=shown, remedy=remedy)
    _assert_alone(case, explanation)
    return None


def _disagreement(explanation: Explanation, scores: Scores) -> BoolArray:
    """Find who is not explained; on a scale the kit does not know, totals must order customers as the scores do."""
    rated = scores.rated
    wrong = np.zeros(len(scores), dtype=np.bool_)
    total, values = explanation.total[rated], scores.values[rated]
    own = {scores.measure.unit, scores.measure.quantity.value, "score"} - {""}
    if explanation.scale in own or np.allclose(total, values, rtol=_CLOSE, atol=_CLOSE):
        wrong[rated] = ~np.isclose(total, values, rtol=_CLOSE, atol=_CLOSE)
    elif explanation.scale in _INVERSES:
        wrong[rated] = ~np.isclose(_INVERSES[explanation.scale](total), values, rtol=_CLOSE, atol=_CLOSE)
    else:
        order = np.argsort(total, kind="stable")
        steps = np.diff(values[order]) * _direction(total, values)
        wrong[np.flatnonzero(rated)[order[1:]]] = steps < -_CLOSE * (1.0 + np.abs(values[order[1:]]))
    return wrong


def _direction(total: FloatArray, values: FloatArray) -> float:
    return 1.0 if np.sum((total - total.mean()) * (values - values.mean())) >= 0 else -1.0


def _logistic(log_odds: FloatArray) -> FloatArray:
    return 0.5 * (1.0 + np.tanh(0.5 * log_odds))


_INVERSES: dict[str, Callable[[FloatArray], FloatArray]] = {"log-odds": _logistic, "log": np.exp}


def _assert_alone(case: ScorerCase, explanation: Explanation) -> None:
    for row in range(min(len(case.book), _MOST_CUSTOMERS)):
        alone = case.fitted.explain(case.book.take(slice(row, row + 1)))
        if not np.array_equal(alone.contributions[0], explanation.contributions[row], equal_nan=True):
            what = "a customer explained alone got other contributions"
            remedy = "compute contributions from the customer's own row and the fitted baseline"
            fail(what, customers=str(case.book.customer_id[row]), remedy=remedy)


def survives_json(case: Case) -> None:
    """Check that specification and fitted component come back from JSON and from a file, equal, answering the same."""
    for component in (case.specification, case.fitted):
        back = _through_json(component)
        if type(back) is not type(component) or back != component:
            what = f"{type(component).__name__} came back from JSON different: {back!r}"[:300]
            fail(what, remedy="keep every setting in a typed field; give subclasses a kind of their own")
    answers = case.answer(case.book, _through_json(case.fitted))
    remedy = f"keep everything that {case.words.many} depend on in typed fields"
    assert_same_answers(answers, case.answers, what=f"after JSON {case.words.many} changed", remedy=remedy)


def _through_json(component: Any) -> Any:
    """Write and read a component; one whose kind is not registered yet is read by its own class."""
    data = json.loads(json.dumps(dump_component(component), allow_nan=False))
    try:
        component_class(data["kind"])
    except UnknownComponentError:
        return TypeAdapter(type(component)).validate_python({k: v for k, v in data.items() if k != "kind"})
    if load_component(data) != component:
        fail(f"{data['kind']} comes back different", remedy="register each kind for one class")
    with TemporaryDirectory() as folder:
        path = Path(folder, "component.crmrisk")
        save(component, path)
        return load(path)


CHECKS = (
    monotone_where_declared,
    explanations_add_up,
    survives_json,
)
"""In the order they are made."""
