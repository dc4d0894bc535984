from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmrisk.core.customers import Customer
from crmrisk.core.errors import CrmRiskError, InvalidValueError, PortfolioError, UnknownCustomerError
from crmrisk.core.portfolio import Portfolio

DAY = date(2026, 1, 31)
NAN = float("nan")


def book(**parts: object) -> Portfolio:
    usual = {
        "customer_id": ["C1", "C2", "C3"],
        "as_of": DAY,
        "columns": {"idle_days": [3, None, 5], "age": [40, 50, 60]},
        "labels": {"segment": ["retail", None, "trade"], "region": ["north", "south", None]},
        "since": [date(2020, 1, 1), None, datetime(2021, 5, 1, 12)],
        "tags": [("vip",), (), ("press", "vip")],
        "units": {"idle_days": "day"},
    }
    return Portfolio(**usual | parts)


def test_a_portfolio_holds_columns_labels_times_and_tags():
    mine = book()
    np.testing.assert_array_equal(mine["idle_days"], [3, NAN, 5])
    assert mine.label("segment").tolist() == ["retail", None, "trade"]
    assert mine.label("tier").tolist() == [None, None, None]
    assert mine.since[2] == np.datetime64("2021-05-01T12:00")
    assert mine.tags.tolist() == [("vip",), (), ("press", "vip")]
    assert repr(mine) == "Portfolio(3 customers as of 2026-01-31T00:00:00: idle_days, age, segment, region)"


def test_every_array_is_read_only_and_a_copy():
    ages = np.array([40.0, 50.0, 60.0])
    since = np.array(["2020-01-01"] * 3, dtype="datetime64[us]")
    segments = np.array(["a", "b", "c"], dtype=object)
    mine = book(columns={"age": ages}, since=since, labels={"segment": segments})
    ages[0], since[0], segments[0] = 0, "NaT", "z"
    assert mine["age"][0] == 40
    assert not np.isnat(mine.since[0])
    assert mine.label("segment")[0] == "a"
    for array in (mine["age"], mine.since, mine.label("segment"), mine.tags, mine.customer_id):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]
    with pytest.raises(TypeError):
        mine.columns["age"] = ages
    with pytest.raises(AttributeError):
        mine.as_of = DAY


@pytest.mark.parametrize(
    "wrong",
    [
        {"customer_id": ["C1", "C1", "C3"]},
        {"customer_id": ["C1", None, "C3"]},
        {"customer_id": ["C1", "", "C3"]},
        {"customer_id": [1, 2, 3]},
        {"customer_id": ["C1", NAN, "C3"]},
        {"customer_id": "C1"},
        {"customer_id": [["C1"], ["C2"], ["C3"]]},
        {"customer_id": ["C1"]},
        {"columns": {"age": [1, 2]}},
        {"columns": {"age": [1, 2, np.inf]}},
        {"columns": {"age": ["1", "2", "3"]}},
        {"columns": [1, 2, 3]},
        {"columns": {5: [1, 2, 3]}},
        {"columns": {" age": [1, 2, 3]}},
        {"columns": {"": [1, 2, 3]}},
        {"columns": {"customer_id": [1, 2, 3]}},
        {"columns": {"since": [1, 2, 3]}},
        {"columns": {"tier": [1, 2, 3]}},
        {"columns": {"region": [1, 2, 3]}},
        {"labels": {"segment": [1, 2, 3]}},
        {"labels": {"segment": ["a", True, None]}},
        {"labels": {"tags": ["a", "b", "c"]}},
        {"labels": {"segment": ["a"]}},
        {"since": [2019, 2020, 2021]},
        {"since": np.array([300000000] * 3, dtype="datetime64[Y]")},
        {"since": [[DAY], [DAY], [DAY]]},
        {"since": DAY},
        {"since": ["yesterday", None, None]},
        {"since": [DAY]},
        {"tags": ["vip", "new", "old"]},
        {"tags": [("vip",), (3,), ()]},
        {"tags": [("vip",), ("",), ()]},
        {"tags": "vip"},
        {"tags": 5},
        {"tags": [("vip",)]},
        {"tags": [{"vip": 1}, {}, {}]},
        {"units": {"age": 5}},
        {"units": "day"},
    ],
    ids=str,
)
def test_what_is_no_row_per_customer_is_refused(wrong):
    with pytest.raises(PortfolioError):
        book(**wrong)


@pytest.mark.parametrize("as_of", [None, "2026-01-31", 20260131, pd.NaT])
def test_as_of_is_a_point_in_time(as_of):
    with pytest.raises(InvalidValueError, match="as_of"):
        book(as_of=as_of)


def test_everything_wrong_is_listed_at_once():
    with pytest.raises(PortfolioError) as caught:
        book(
            customer_id=["C1", "C1", "C2"],
            columns={"age": [1, np.inf, 2], "idle_days": [1]},
            labels={"segment": [1, 2, 3]},
            tags=["vip"] * 3,
        )
    assert {problem.where for problem in caught.value.problems} == {
        "customer_id",
        "age",
        "idle_days",
        "segment",
        "tags",
    }


@pytest.mark.parametrize("missing", [None, NAN, "", pd.NA, pd.NaT, np.nan])
def test_a_label_that_is_missing_in_any_dialect_is_none(missing):
    assert book(labels={"segment": ["a", missing, "b"]}).label("segment").tolist() == ["a", None, "b"]


def test_labels_of_pandas_columns_are_text_or_none():
    for series in (
        pd.Series(["a", None, "b"]),
        pd.Series(["a", None, "b"], dtype="category"),
        pd.Series(["a", None, "b"], dtype="string"),
        pd.Series(["a", None, "b"], dtype=object),
    ):
        assert book(labels={"segment": series}).customer("C2").segment is None


def test_aware_times_become_utc():
    summer = pd.Timestamp("2020-07-01", tz="Europe/Berlin")
    for since in ([summer, None, None], pd.Series([summer, None, None])):
        assert book(since=since).since[0] == np.datetime64("2020-06-30T22:00")


def test_a_wrong_column_name_is_answered_with_the_right_ones():
    with pytest.raises(PortfolioError, match=r"'ages': no such column; allowed: idle_days, age"):
        book()["ages"]


@pytest.mark.parametrize(
    ("rows", "ids"),
    [
        ([2, 0], ["C3", "C1"]),
        (np.array([True, False, True]), ["C1", "C3"]),
        (slice(1, None), ["C2", "C3"]),
        ([-1], ["C3"]),
        ([], []),
        (np.array([], dtype=int), []),
        ([False, False, False], []),
    ],
)
def test_customers_are_taken_by_position_with_all_they_have(rows, ids):
    part = book().take(rows)
    assert part.customer_id.tolist() == ids
    for customer in ids:
        assert part.customer(customer) == book().customer(customer)
    assert part.units == {"idle_days": "day"}
    assert not part["age"].flags.writeable


@pytest.mark.parametrize("rows", [[3], [-4], [0, 0], [0, -3], [True, False], [0.5], "all", [[0, 1]], 1, None])
def test_rows_that_do_not_exist_or_repeat_are_refused(rows):
    with pytest.raises(PortfolioError):
        book().take(rows)


def test_columns_are_added_to_a_copy():
    wider = book().with_columns({"share": [0.1, None, 0.3], "idle_days": [1, 1, 1]}, {"share": ""})
    assert book()["idle_days"][0] == 3
    assert wider["idle_days"].tolist() == [1, 1, 1]
    assert wider.units == {"share": ""}
    assert wider.label("region").tolist() == ["north", "south", None]


@pytest.mark.parametrize(
    "wrong", [{"share": [1]}, {"share": [1, 2, np.inf]}, {"region": [1, 2, 3]}, {"": [1, 2, 3]}, [1]]
)
def test_wrong_columns_are_not_added(wrong):
    with pytest.raises(PortfolioError):
        book().with_columns(wrong)


def test_rows_and_columns_say_the_same():
    mine = book()
    customers = [mine.customer(each) for each in mine.customer_id]
    back = Portfolio.from_customers(customers)
    assert [back.customer(each) for each in back.customer_id] == [
        customer.model_copy(update={"features": customer.features}) for customer in customers
    ]
    np.testing.assert_array_equal(back["idle_days"], mine["idle_days"])
    assert back.label("region").tolist() == mine.label("region").tolist()
    assert customers[0].since == datetime(2020, 1, 1)
    assert customers[2].tags == ("press", "vip")


def test_aware_portfolios_give_aware_customers():
    aware = book(as_of=datetime(2026, 1, 31, tzinfo=UTC))
    assert aware.customer("C1").since == datetime(2020, 1, 1, tzinfo=UTC)
    assert Portfolio.from_customers([aware.customer("C1")]).since[0] == np.datetime64("2020-01-01")


@pytest.mark.parametrize("unknown", ["C9", "", None, 3, ["C1"]])
def test_unknown_customers_are_named(unknown):
    with pytest.raises(UnknownCustomerError):
        book().customer(unknown)


def test_features_some_customers_lack_are_unrated():
    rows = [
        Customer(customer_id="C1", as_of=DAY, features={"age": 3}),
        Customer(customer_id="C2", as_of=DAY, features={"region": "north"}),
    ]
    mine = Portfolio.from_customers(rows)
    np.testing.assert_array_equal(mine["age"], [3, NAN])
    assert mine.label("region").tolist() == [None, "north"]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        ["C1"],
        [{"customer_id": "C1"}],
        [Customer(customer_id="C1", as_of=DAY), Customer(customer_id="C2", as_of=DAY + timedelta(days=1))],
        [Customer(customer_id="C1", as_of=DAY), Customer(customer_id="C1", as_of=DAY)],
        [
            Customer(customer_id="C1", as_of=DAY, features={"x": 1}),
            Customer(customer_id="C2", as_of=DAY, features={"x": "a"}),
        ],
        [Customer(customer_id="C1", as_of=DAY, features={"segment": 1})],
    ],
    ids=lambda rows: str(rows)[:60],
)
def test_rows_that_make_no_portfolio_are_refused(rows):
    with pytest.raises(PortfolioError):
        Portfolio.from_customers(rows)


@pytest.mark.parametrize(
    "other",
    [
        {"as_of": date(2026, 2, 1)},
        {"customer_id": ["C1", "C2", "C4"]},
        {"columns": {"idle_days": [3, None, 6], "age": [40, 50, 60]}},
        {"columns": {"idle_days": [3, None, 5]}},
        {"labels": {}},
        {"since": None},
        {"tags": None},
        {"units": {"idle_days": "week"}},
    ],
    ids=str,
)
def test_portfolios_compare_by_content(other):
    assert book() == book()
    assert book() != book(**other)
    assert book() != "book"
    with pytest.raises(TypeError):
        hash(book())


def test_the_frame_is_a_copy_with_everything():
    mine = book()
    frame = mine.frame()
    assert frame.columns.tolist() == ["customer_id", "idle_days", "age", "segment", "region", "since", "tags"]
    frame.loc[0, "age"] = -1.0
    assert mine["age"][0] == 40


def test_nobody_is_a_portfolio_too():
    nobody = Portfolio([], DAY, {"age": []})
    assert len(nobody) == 0
    assert nobody.take([]) == nobody


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.binary(max_size=3), st.dates(),
    st.datetimes(), st.complex_numbers(), st.tuples(st.integers()), st.lists(st.integers(), max_size=2), st.just(pd.NA),
    st.just(np.datetime64("NaT")), st.decimals(), st.builds(object),
)  # fmt: skip
COLUMN = st.one_of(st.lists(ANYTHING, max_size=4), st.lists(st.floats(), min_size=2, max_size=2), ANYTHING)
NAMES = st.one_of(st.text(max_size=4), st.sampled_from(["age", "segment", "since", "customer_id"]), st.integers())


PARTS = st.fixed_dictionaries(
    {
        "customer_id": st.one_of(COLUMN, st.just(["C1", "C2"])),
        "columns": st.one_of(st.dictionaries(NAMES, COLUMN, max_size=3), ANYTHING),
        "labels": st.one_of(st.dictionaries(NAMES, COLUMN, max_size=2), ANYTHING),
        "since": COLUMN,
        "tags": COLUMN,
        "units": st.one_of(st.dictionaries(NAMES, ANYTHING, max_size=2), st.none()),
    }
)


def portfolio_or_refusal(parts: dict[str, object]) -> Portfolio | CrmRiskError:
    try:
        return Portfolio(as_of=DAY, **parts)
    except CrmRiskError as error:
        return error


@settings(max_examples=250, deadline=None)
@given(parts=PARTS)
def test_whatever_is_given_it_is_a_valid_portfolio_or_a_crmrisk_error(parts):
    mine = portfolio_or_refusal(parts)
    if isinstance(mine, CrmRiskError):
        assert mine.problems
        assert str(mine)
        return
    assert all(np.isfinite(array[~np.isnan(array)]).all() for array in mine.columns.values())
    assert all(value is None or (isinstance(value, str) and value) for array in mine.labels.values() for value in array)
    for customer_id in mine.customer_id:
        assert Portfolio.from_customers([mine.customer(customer_id)]).customer_id[0] == customer_id
    assert len(mine.frame()) == len(mine)


NUMBERS = st.lists(st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=False)), min_size=3, max_size=3)


@settings(max_examples=60, deadline=None)
@given(numbers=NUMBERS, order=st.permutations(range(3)))
def test_the_callers_arrays_are_never_modified_and_order_is_kept(numbers, order):
    array = np.array(numbers, dtype=float)
    before = array.copy()
    mine = Portfolio(["a", "b", "c"], DAY, {"x": array})
    shuffled = mine.take(order)
    np.testing.assert_array_equal(array, before)
    assert array.flags.writeable
    np.testing.assert_array_equal(shuffled["x"], before[list(order)])
    assert shuffled.take(np.argsort(order)) == mine
