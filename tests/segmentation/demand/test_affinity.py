import numpy as np

from crmrisk.segmentation.demand.affinity import affinities, suggestions


def test_shares_are_those_of_buyers_and_only_clear_ones_suggest():
    bought = np.zeros((200, 4), dtype=bool)
    bought[:100, 0] = True
    bought[:90, 1] = True  # 90 of 100 who buy 0 buy 1, 90 of 200 of all
    bought[::2, 2] = True  # half of everybody, whatever else they buy
    bought[100:102, 3] = True
    found = affinities(bought, level=0.95)
    assert found.share[0, 1] == 0.9
    assert found.base.tolist() == [0.5, 0.45, 0.5, 0.01]
    given = suggestions(bought, found, most=3)
    assert set(zip(given.customer.tolist(), given.category.tolist(), given.because.tolist(), strict=True)) == {
        (row, 1, 0) for row in range(90, 100)
    }


def test_the_best_reason_comes_first_and_no_more_than_asked():
    rng = np.random.default_rng(0)
    kind = rng.random(500) < 0.5
    bought = np.stack([kind, *(kind & (rng.random(500) < share) for share in (0.9, 0.6, 0.8))], axis=1)
    affinity = affinities(bought, level=0.9)
    found = suggestions(bought, affinity, most=1)
    assert np.bincount(found.customer).max() == 1
    only_first = (bought == [True, False, False, False]).all(axis=1)
    rows = np.isin(found.customer, np.flatnonzero(only_first))
    assert set(found.category[rows]) == {1}
