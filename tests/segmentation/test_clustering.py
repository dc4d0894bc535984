"""The numbers other software gives on Ruspini's points and on simulated blobs, and that order does not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster
from scipy.cluster.hierarchy import linkage as tree_of
from scipy.spatial.distance import squareform

from crmrisk import CrmRiskError
from crmrisk.core.errors import FitError, InvalidValueError
from crmrisk.segmentation.gap import gap_statistic
from crmrisk.segmentation.gower import gower_distances
from crmrisk.segmentation.hierarchy import hierarchical
from crmrisk.segmentation.means_clustering import k_means
from crmrisk.segmentation.medoids_clustering import k_medoids
from crmrisk.segmentation.number_of_clusters import choose_k
from crmrisk.segmentation.prototypes_clustering import k_prototypes
from crmrisk.segmentation.recurrence import jaccard, stability_verdict
from crmrisk.segmentation.resampling import cluster_stability
from crmrisk.segmentation.silhouettes import silhouette

RUSPINI = """4,53 5,63 10,59 9,77 13,49 13,69 12,88 15,75 18,61 19,65 22,74 27,72 28,76 24,58 27,55 28,60 30,52 31,60 32,61
36,72 28,147 32,149 35,153 33,154 38,151 41,150 38,145 38,143 32,143 34,141 44,156 44,149 44,143 46,142 47,149 49,152
50,142 53,144 52,152 55,155 54,124 60,136 63,139 86,132 85,115 85,96 78,94 74,96 97,122 98,116 98,124 99,119 99,128
101,115 108,111 110,111 108,116 111,126 115,117 117,115 70,4 77,12 83,21 61,15 69,15 78,16 66,18 58,13 64,20 69,21
66,23 61,25 76,27 72,31 64,30"""  # Ruspini (1970), Numerical methods for fuzzy clustering, Information Sciences 2
POINTS = np.array([[float(number) for number in point.split(",")] for point in RUSPINI.split()])


def blobs():
    """make_blobs(500, centers=4, cluster_std=1, center_box=(-10, 10), random_state=1) of scikit-learn, unshuffled."""
    old = np.random.RandomState(1)  # the generator the published numbers came from
    centres = old.uniform(-10.0, 10.0, (4, 2))
    return np.concatenate([old.normal(centre, 1.0, (125, 2)) for centre in centres])


@pytest.mark.parametrize(
    ("k", "width", "sizes", "tolerance"),
    [
        pytest.param(2, 0.58273, (40, 35), 1e-5, id="S1a: R cluster, pam"),
        pytest.param(4, 0.7376570, (23, 20, 17, 15), 1e-6, id="S1b: R cluster, pam"),
        pytest.param(5, 0.71348, (23, 20, 15, 14, 3), 1e-5, id="S1c: R cluster, pam"),
    ],
)
def test_medoids_of_ruspini(k, width, sizes, tolerance):
    found = k_medoids(POINTS, k)
    assert found.sizes == sizes
    assert silhouette(POINTS, found.codes).mean == pytest.approx(width, abs=tolerance)
    of_distances = k_medoids(k=k, distances=np.hypot(*(POINTS[:, None] - POINTS).transpose(2, 0, 1)))
    assert {*of_distances.medoids} == {*found.medoids}
    assert of_distances.cost == pytest.approx(found.cost)


def test_k_means_gives_the_partition_of_the_medoids():  # S1b: R cluster; scikit-learn
    assert np.array_equal(k_means(POINTS, 4).codes, k_medoids(POINTS, 4).codes)
    assert np.array_equal(hierarchical(POINTS, 4).codes, k_medoids(POINTS, 4).codes)


@pytest.mark.parametrize(
    ("k", "width"),
    [
        pytest.param(2, 0.7049787, id="S1e: scikit-learn documentation, k 2"),
        pytest.param(3, 0.5882004, id="S1e: scikit-learn documentation, k 3"),
        pytest.param(4, 0.6505187, id="S1e: scikit-learn documentation, k 4"),
    ],
)
def test_k_means_of_blobs(k, width):
    points = blobs()
    assert silhouette(points, k_means(points, k).codes).mean == pytest.approx(width, abs=1e-6)


@pytest.mark.parametrize(("k", "best"), [(5, 10_126.7198), (7, 7_126.1985), (8, 6_158.2114)])
def test_k_means_ends_near_the_best_partition(k, best):  # best of 400 starts of scipy.cluster.vq.kmeans2 at each k
    costs = [k_means(POINTS, k, rng=np.random.default_rng(seed)).cost for seed in range(8)]
    assert np.mean(costs) < 1.01 * best  # with one draw for each centre 1.014, 1.014 and 1.031


def test_the_gap_chooses_four():  # S1d: R cluster clusGap, and an own version
    found = gap_statistic(POINTS, range(1, 6), replicates=40)
    assert found.k == 4
    assert not found.still_rising
    assert found.frame()["gap"].idxmax() == 3


def test_silhouettes_choose_four_and_the_curve_is_kept():
    choice = choose_k(POINTS, range(2, 6), method="k-medoids")
    assert choice.k == 4
    published = {2: 0.58273, 4: 0.73766, 5: 0.71348}  # S1a, S1b, S1c
    assert {point.k: round(point.value, 5) for point in choice.curve if point.k != 3} == published
    assert choice.frame()["chosen"].tolist() == [False, False, True, False]


def test_jaccard_by_its_definition():  # S1g
    assert jaccard({1, 2, 3, 4}, {3, 4, 5}) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("similarity", "verdict"),
    [
        (0.0, "unstable"),
        (0.59, "unstable"),
        (0.6, "doubtful"),
        (0.75, "stable"),
        (0.85, "stable"),
        (0.86, "highly stable"),
    ],
)
def test_verdicts_of_hennig(similarity, verdict):
    assert stability_verdict(similarity) == verdict


@pytest.mark.parametrize("method", ["k-means", "k-medoids", "hierarchical"])
def test_four_clusters_come_back_and_a_fifth_does_not(method):
    four = cluster_stability(POINTS, 4, method=method, replicates=10)
    assert four.verdict == "highly stable"
    five = cluster_stability(POINTS, 5, method=method, replicates=20)
    assert five.verdict in {"unstable", "doubtful"}
    assert str(five).startswith(five.verdict)
    assert min(five.jaccard) < min(four.jaccard)


def test_stability_is_the_jaccard_similarity_of_resamples():
    """The largest similarity by sets, of one resample drawn and clustered here."""
    noise = np.sort(np.random.default_rng(5).normal(size=(30, 1)), axis=0)
    found = cluster_stability(noise, 3, method="k-medoids", replicates=2, rng=np.random.default_rng(8))
    whole, rng, similarities = k_medoids(noise, 3), np.random.default_rng(8), []
    for _ in range(2):
        drawn = np.sort(rng.integers(30, size=30))
        codes = dict(zip(drawn.tolist(), k_medoids(noise[drawn], 3).codes.tolist(), strict=True))
        theirs = [{row for row, code in codes.items() if code == each} for each in range(3)]
        ours = [{row for row in codes if whole.codes[row] == each} for each in range(3)]
        similarities.append([max(jaccard(one, other) for other in theirs) for one in ours])
    assert found.jaccard == pytest.approx(tuple(np.mean(similarities, axis=0)))
    assert min(found.jaccard) < 1.0


METHODS = [k_means, k_medoids, hierarchical, lambda values, k: k_prototypes(values, values[:, 0] > 2, k)]


@pytest.mark.parametrize("method", METHODS, ids=["k_means", "k_medoids", "hierarchical", "k_prototypes"])
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_order_never_changes_a_cluster(method, data):
    cells = st.integers(0, 6)  # few values: ties are everywhere
    values = np.array(data.draw(st.lists(st.tuples(cells, cells), min_size=8, max_size=20, unique=True)), dtype=float)
    order = np.array(data.draw(st.permutations(range(len(values)))))
    assert np.array_equal(method(values, 3).codes[order], method(values[order], 3).codes)


def test_k_means_and_medoids_are_optimal_where_all_partitions_can_be_tried():
    values = np.random.default_rng(2).normal(size=(9, 1))
    ordered = np.sort(values[:, 0])
    cuts = [(i, j) for i in range(1, 8) for j in range(i + 1, 9)]  # in one dimension clusters are intervals
    parts = [np.split(ordered, cut) for cut in cuts]
    squares = min(sum(((part - part.mean()) ** 2).sum() for part in split) for split in parts)
    absolute = min(sum(np.abs(part - part[len(part) // 2]).sum() for part in split) for split in parts)
    assert k_means(values, 3).cost == pytest.approx(squares)
    assert k_medoids(values, 3).cost == pytest.approx(absolute)


def test_a_name_that_costs_enough_decides():
    values, labels = [[0.0], [0.2], [1.0], [1.2]], ["web", "shop", "web", "shop"]
    assert k_prototypes(values, labels, 2, gamma=0.01).codes.tolist() == [0, 0, 1, 1]
    assert k_prototypes(values, labels, 2, gamma=10).codes.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("linkage", ["average", "complete", "single", None])
def test_trees_of_distances_are_those_of_scipy(linkage):
    rng = np.random.default_rng(3)
    apart = gower_distances({"age": rng.normal(40, 9, 60), "region": rng.choice(["north", "south", "west"], 60)})
    found = hierarchical(k=4, distances=apart, linkage=linkage)
    expected = fcluster(tree_of(squareform(apart), linkage or "average"), 4, "maxclust")
    assert len({*zip(found.codes.tolist(), expected.tolist(), strict=True)}) == 4
    for code, medoid in enumerate(found.medoids):
        rows = np.flatnonzero(found.codes == code)
        assert apart[medoid, rows].sum() == pytest.approx(apart[np.ix_(rows, rows)].sum(axis=0).min())
    assert found.cost == pytest.approx(apart[np.arange(60), found.medoids[found.codes]].sum())
    order = rng.permutation(60)
    turned = hierarchical(k=4, distances=apart[np.ix_(order, order)], linkage=linkage)
    assert np.array_equal(turned.codes, found.codes[order])


def test_a_tree_is_of_values_or_of_distances():
    with pytest.raises(InvalidValueError, match="either values or distances"):
        hierarchical(POINTS, 4, distances=np.zeros((75, 75)))
    with pytest.raises(InvalidValueError, match="ward is of values"):
        hierarchical(k=2, distances=[[0, 1, 5], [1, 0, 5], [5, 5, 0]], linkage="ward")


def test_a_large_table_is_looked_at_through_a_stated_sample():
    values = np.random.default_rng(3).normal(size=(500, 2))
    codes = (values[:, 0] > 0).astype(int)
    whole, part = silhouette(values, codes), silhouette(values, codes, sample=200)
    assert len(part.values) == 200
    assert "200 of 500 rows" in str(part)
    assert part.mean == pytest.approx(whole.mean, abs=4 * whole.values.std() / 200**0.5)
    assert "100 of 500 rows" in str(choose_k(values, [2, 3], sample=100))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: k_means([[1.0], [1.0], [2.0]], 3), FitError, "at most 2 of 3 rows"),
        (lambda: k_means([[1.0], [None]], 1), InvalidValueError, "1 row\\(s\\) with missing numbers"),
        (lambda: k_means([["a"], ["b"]], 1), InvalidValueError, "not numbers"),
        (lambda: k_means([[1e-200], [0.0], [2e-200]], 2), InvalidValueError, "so alike.*another unit"),
        (lambda: k_means([[0.0], [1e-170], [1.0]], 3), FitError, "k: more clusters than rows that distances tell"),
        (lambda: k_medoids([[1.0], [2.0]], 1, distance=["x"]), InvalidValueError, "no distance"),
        (lambda: k_means([[1.0], [2.0]], 2.0), InvalidValueError, "no number of clusters"),
        (lambda: k_means([[1.0], [2.0]], 2, starts=0), InvalidValueError, "starts: too few"),
        (lambda: k_medoids([[1.0]], 1, distances=[[0.0]]), InvalidValueError, "one of them"),
        (lambda: k_medoids(k=1, distances=[[0.0, 1.0], [2.0, 0.0]]), InvalidValueError, "not symmetric"),
        (lambda: silhouette([[1.0], [2.0]], [0, 0]), InvalidValueError, "one cluster has no silhouette"),
        (lambda: silhouette([[1.0], [2.0]], [0]), InvalidValueError, "not one per row"),
        (lambda: gap_statistic([[1.0], [2.0]], [1, 2]), FitError, "no spread is left"),
        (lambda: choose_k([[1.0], [2.0]], [2], criterion="elbow"), InvalidValueError, "no criterion"),
        (lambda: cluster_stability([[1.0], [2.0]], 2, replicates=1), InvalidValueError, "replicates: too few"),
        (lambda: jaccard((), ()), InvalidValueError, "two empty sets"),
    ],
)
def test_bad_input_is_named(call, error, words):
    with pytest.raises(error, match=words) as caught:
        call()
    assert isinstance(caught.value, CrmRiskError)
