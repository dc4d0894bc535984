"""Service contacts against their rate."""

from __future__ import annotations

import numpy as np
import pandas as pd

END = pd.Timestamp("2026-01-01")


def test_contacts_follow_their_rate(book):
    days = (END - book.truth["since"]) / pd.Timedelta(days=1)
    expected = float((book.truth["contact_rate"] * days).sum())
    assert abs(len(book.service) - expected) < 5 * np.sqrt(expected)
