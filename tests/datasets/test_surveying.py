"""What customers answer, against their satisfaction."""

from __future__ import annotations

import numpy as np

from crmrisk.datasets import Behaviour, Purchasing, Surveying


def test_response_rate(book_of):
    # Ten surveys in 731 days if all joined on the first day and are asked every 70 days; nobody leaves.
    stay = Purchasing(a=1e-9, b=1e9, complaint=0)
    book = book_of(
        2_000, behaviour=Behaviour(joining=0, purchasing=stay, surveying=Surveying(interval=70, response=0.4))
    )
    asked, answered = 2_000 * 10, len(book.surveys) / 2
    assert abs(answered - 0.4 * asked) < 5 * np.sqrt(0.24 * asked)


def test_answers_follow_satisfaction(book, assert_calibrated):
    # An answer is a promoter's (9 or 10) if centre + slope z + noise reaches 8.5.
    from scipy.special import ndtr

    nps = book.surveys[book.surveys["question"] == "nps"]
    z = nps["customer_id"].map(book.truth.set_index("customer_id")["satisfaction"]).to_numpy()
    assert_calibrated((nps["score"] >= 9).to_numpy(), ndtr(7.8 + 1.6 * z - 8.5))
    assert_calibrated((nps["score"] <= 6).to_numpy(), ndtr(6.5 - 7.8 - 1.6 * z))
