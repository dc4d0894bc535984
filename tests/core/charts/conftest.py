from __future__ import annotations

import warnings

import pytest


@pytest.fixture
def matplotlib():
    found = pytest.importorskip("matplotlib")
    found.use("Agg")
    with warnings.catch_warnings(action="ignore"):  # older releases use what their own parts have deprecated since
        from matplotlib import pyplot as plt

    yield found
    plt.close("all")
