from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from crmrisk.core.errors import (
    HorizonNotObservedError,
    InvalidValueError,
    RecordError,
    SchemaError,
)
from crmrisk.core.events import RiskEvent
from crmrisk.core.measures import Input
from crmrisk.evidence import (
    BaseSummary,
    Complaints,
    Evidence,
    NoActivity,
    Occurs,
    Overdue,
    Purchases,
    PurchaseTrend,
    Recorded,
    Surveys,
)

AS_OF = datetime(2024, 7, 1)


def sales(ids=("A", "A", "B"), at=("2024-01-01", "2024-02-01", "2024-03-01"), amount=(1.0, 2.0, 4.0), **more):
    return pd.DataFrame({"customer_id": list(ids), "at": pd.to_datetime(list(at)), "amount": list(amount), **more})


SILENCE = NoActivity()


def churn(days=30, outcome=SILENCE):
    return RiskEvent("churn", category="attrition", horizon=timedelta(days=days), outcome=outcome)


class TestSchemas:
    def test_every_missing_column_of_every_table_is_named_with_a_suggestion(self):
        frame = pd.DataFrame({"CustomerID": [1], "InvoiceDate": pd.to_datetime(["2024-01-01"]), "Revenue": [1.0]})
        with pytest.raises(SchemaError) as caught:
            Evidence(transactions=frame, payments=frame[["CustomerID"]])
        places = [problem.where for problem in caught.value.problems]
        assert places == [
            "transactions.customer_id",
            "transactions.at",
            "transactions.amount",
            "payments.customer_id",
            "payments.due_at",
            "payments.amount",
        ]
        remedies = [problem.remedy for problem in caught.value.problems]
        assert remedies[0] == "rename={'transactions': {'CustomerID': 'customer_id'}}"
        assert remedies[1] == "rename={'transactions': {'InvoiceDate': 'at'}}"
        assert remedies[2] == "rename={'transactions': {'Revenue': 'amount'}}"

    def test_renamed_columns_are_read(self):
        frame = sales().rename(columns={"customer_id": "CustomerID", "at": "InvoiceDate"})
        rename = {"transactions": {"CustomerID": "customer_id", "InvoiceDate": "at"}}
        assert Evidence(transactions=frame, rename=rename).portfolio(AS_OF)["frequency"].tolist() == [1.0, 0.0]

    @pytest.mark.parametrize(
        ("rename", "message"),
        [
            ({"payments": {"a": "b"}}, "renames a table that was not given"),
            ({"sales": {"a": "b"}}, "renames a table that was not given"),
            ({"transactions": {"Amount": "amount"}}, "renames a column that is not there"),
            ({"transactions": {"extra": "amuont"}}, "renames to a column the table does not have"),
            ({"transactions": {"extra": "amount"}}, "two columns under one name"),
        ],
    )
    def test_renames_that_cannot_be_meant_are_errors(self, rename, message):
        with pytest.raises(SchemaError, match=message):
            Evidence(transactions=sales(extra=1.0), rename=rename)

    def test_wrong_types_are_named_with_their_remedy(self):
        frame = sales()
        wrong = pd.DataFrame({"customer_id": [True], "at": ["2024-01-01"], "amount": ["12"]})
        with pytest.raises(SchemaError) as caught:
            Evidence(transactions=wrong)
        found = {problem.where: (problem.got, problem.remedy) for problem in caught.value.problems}
        assert found.keys() == {"transactions.customer_id", "transactions.at", "transactions.amount"}
        assert "text" in found["transactions.at"][0]
        assert "to_datetime" in found["transactions.at"][1]
        assert "to_numeric" in found["transactions.amount"][1]
        assert Evidence(transactions=frame)

    @pytest.mark.parametrize("table", [[1], "sales", 3, {"customer_id": [1]}, np.zeros(3), pd.Series([1])])
    def test_what_is_no_table_is_an_error(self, table):
        with pytest.raises(SchemaError, match="transactions: not a table"):
            Evidence(transactions=table)

    def test_no_table_is_an_error(self):
        with pytest.raises(SchemaError, match="no table was given"):
            Evidence()

    def test_repeated_column_names_are_an_error(self):
        frame = sales()
        frame.columns = ["customer_id", "at", "at"]
        with pytest.raises(SchemaError, match=r"not a usable table.*'at' 2 times"):
            Evidence(transactions=frame)

    def test_unknown_columns_are_ignored_whatever_they_hold(self):
        frame = sales(odd=[object(), 1, "x"], amount_2=[np.inf, np.nan, 1])
        assert Evidence(transactions=frame).portfolio(AS_OF)["total_spend"].tolist() == [3.0, 4.0]

    def test_mixed_objects_in_a_declared_column_are_an_error(self):
        with pytest.raises(SchemaError, match=r"transactions\.amount: (values of mixed|wrong type)"):
            Evidence(transactions=sales(amount=[1.0, "2", 3.0]))

    @pytest.mark.parametrize("number", [1.5, np.float64(20240101.0), True])
    def test_a_number_among_times_is_no_moment_of_1970(self, number):
        frame = sales().astype({"at": object})
        frame.loc[1, "at"] = number
        with pytest.raises(SchemaError, match="times and numbers mixed"):
            Evidence(transactions=frame)

    def test_identifiers_partly_text_partly_whole_numbers_become_text(self):
        book = Evidence(transactions=sales(ids=[17850, "C1", 17850.0])).portfolio(AS_OF)
        assert book.customer_id.tolist() == ["17850", "C1"]


class TestTime:
    def test_naive_and_aware_tables_do_not_mix(self):
        aware = sales()
        aware["at"] = aware["at"].dt.tz_localize("UTC")
        complaints = pd.DataFrame({"customer_id": ["A"], "opened_at": pd.to_datetime(["2024-01-01"])})
        with pytest.raises(SchemaError, match="naive and aware timestamps mixed"):
            Evidence(transactions=aware, complaints=complaints)

    def test_as_of_is_as_the_facts_are(self):
        naive, aware = Evidence(transactions=sales()), sales()
        aware["at"] = aware["at"].dt.tz_localize("Europe/Berlin")
        aware = Evidence(transactions=aware)
        with pytest.raises(InvalidValueError, match="naive and aware times mixed"):
            naive.portfolio(AS_OF.replace(tzinfo=UTC))
        with pytest.raises(InvalidValueError, match="naive and aware times mixed"):
            aware.portfolio(AS_OF)
        with pytest.raises(InvalidValueError, match="observed_until"):
            Evidence(transactions=sales(), observed_until=AS_OF.replace(tzinfo=UTC))
        assert aware.portfolio(date(2024, 7, 1)).as_of == AS_OF.replace(tzinfo=UTC)

    def test_days_of_aware_times_are_days_in_utc(self):
        frame = sales(ids="AA", at=["2024-01-01 00:30", "2024-01-01 23:00"], amount=[1.0, 1.0])
        frame["at"] = frame["at"].dt.tz_localize("Europe/Berlin")  # 31 December 23:30 and 1 January 22:00 in UTC
        assert Evidence(transactions=frame).portfolio(date(2024, 7, 1))["frequency"].tolist() == [1.0]

    @pytest.mark.parametrize("as_of", ["2024-07-01", 20240701, None, pd.NaT])
    def test_what_is_no_time_is_an_error(self, as_of):
        with pytest.raises(InvalidValueError, match="not a point in time"):
            Evidence(transactions=sales()).portfolio(as_of)

    def test_a_record_at_exactly_as_of_is_known_and_not_an_outcome(self):
        evidence = Evidence(transactions=sales(at=["2024-01-01", "2024-02-01", "2024-02-01"]), observed_until=AS_OF)
        at = datetime(2024, 2, 1)
        assert evidence.portfolio(at)["frequency"].tolist() == [1.0, 0.0]
        assert evidence.portfolio(at - timedelta(microseconds=1)).customer_id.tolist() == ["A"]
        assert evidence.outcomes(churn(), at).occurred.tolist() == [1.0, 1.0]
        assert evidence.outcomes(churn(31), datetime(2024, 1, 1)).occurred.tolist() == [0.0]
        assert evidence.outcomes(churn(30), datetime(2024, 1, 1)).occurred.tolist() == [1.0]


class TestRecords:
    def test_everything_wrong_is_listed_at_once(self):
        customers = pd.DataFrame({"customer_id": ["A", "A", None]})
        service = pd.DataFrame({"customer_id": ["A"], "at": [AS_OF], "channel": ["phone"], "accurate": [0.5]})
        with pytest.raises(RecordError) as caught:
            Evidence(customers, sales(amount=[np.inf, -np.inf, 1.0]), service=service)
        found = {problem.where: problem.what for problem in caught.value.problems}
        assert found == {
            "customers.customer_id": "1 duplicate customer(s), for instance 'A'",
            "transactions.amount": "2 infinite or immense value(s)",
            "service.accurate": "1 value(s) neither true nor false",
        }
        assert len(caught.value.problems) == 4

    def test_times_outside_the_calendar_are_an_error(self):
        frame = pd.DataFrame({"customer_id": ["A"], "amount": 1.0, "at": np.array(["12000-01-01"], "M8[s]")})
        with pytest.raises(RecordError, match="outside the calendar"):
            Evidence(transactions=frame)

    def test_identifiers_with_outer_blanks_are_an_error(self):
        with pytest.raises(RecordError, match="begins or ends with a blank"):
            Evidence(transactions=sales(ids=[" A", "A", "B"])).portfolio(AS_OF)

    def test_lazy_tables_are_validated_at_first_use(self):
        pl = pytest.importorskip("polars")
        evidence = Evidence(transactions=pl.from_pandas(sales(amount=[np.inf, 1.0, 2.0])).lazy())
        for use in (
            lambda: evidence.portfolio(AS_OF),
            lambda: evidence.outcomes(churn(), AS_OF),
            lambda: evidence.summarise(AS_OF),
        ):
            with pytest.raises(RecordError, match="infinite"):
                use()
        assert evidence.quality(AS_OF)["transactions"].infinite == {"amount": 1}

    def test_empty_tables_make_an_empty_portfolio(self, engine):
        import pyarrow as pa

        schema = {"customer_id": pa.string(), "at": pa.timestamp("us"), "amount": pa.float64()}
        empty = {name: pa.array([], kind) for name, kind in schema.items()}
        frame = pa.table(empty).to_pandas() if engine.__name__ == "_pandas" else engine(empty)
        evidence = Evidence(transactions=frame)
        book = evidence.portfolio(AS_OF)
        assert len(book) == 0
        assert set(book.columns) == {each.name for each in Purchases().inputs}
        assert evidence.observed_until is None
        with pytest.raises(HorizonNotObservedError, match="nothing is recorded"):
            evidence.outcomes(churn(), AS_OF)
        assert evidence.quality(AS_OF)["transactions"].rows == 0

    def test_one_row_is_enough(self):
        book = Evidence(transactions=sales().head(1)).portfolio(AS_OF)
        assert {name: float(column[0]) for name, column in book.columns.items() if not np.isnan(column[0])} == {
            "frequency": 0.0,
            "recency": 0.0,
            "age": 182.0,
            "idle_days": 182.0,
            "total_spend": 1.0,
            "refunds": 0.0,
        }


class TestRoster:
    CUSTOMERS = pd.DataFrame(
        {
            "customer_id": ["A", "L", "Q"],
            "since": pd.to_datetime(["2023-01-01", "2024-08-01", None]),
            "segment": ["gold", "gold", None],
        }
    )
    FACTS = sales(ids=["A", "B", "L"])

    @pytest.mark.parametrize(("unlisted", "expected"), [("include", ["A", "B", "Q"]), ("exclude", ["A", "Q"])])
    def test_unlisted_customers_are_in_or_out(self, unlisted, expected):
        evidence = Evidence(self.CUSTOMERS, self.FACTS, unlisted=unlisted)
        book = evidence.portfolio(AS_OF)
        assert book.customer_id.tolist() == expected
        assert book.label("segment").tolist() == ["gold", *[None] * (len(expected) - 1)]
        assert evidence.outcomes(churn(), datetime(2024, 1, 30)).customer_id.tolist() == ["A", "Q"]
        assert sorted(evidence.summarise(AS_OF)["customer_id"]) == expected

    def test_unlisted_customers_may_be_an_error(self):
        evidence = Evidence(self.CUSTOMERS, self.FACTS, unlisted="error")
        for use in (evidence.portfolio, evidence.summarise):
            with pytest.raises(
                RecordError, match=r"1 customer\(s\) of whom there are records are not in the table.*'B'"
            ):
                use(AS_OF)
        assert evidence.portfolio(datetime(2024, 1, 30)).customer_id.tolist() == ["A", "Q"]

    def test_who_begins_later_is_not_there_yet(self):
        evidence = Evidence(self.CUSTOMERS, self.FACTS)
        assert "L" not in evidence.portfolio(datetime(2024, 7, 31)).customer_id.tolist()
        assert "L" in evidence.portfolio(datetime(2024, 8, 1)).customer_id.tolist()

    def test_customers_alone_are_a_portfolio_without_columns(self):
        book = Evidence(self.CUSTOMERS).portfolio(AS_OF)
        assert (book.customer_id.tolist(), dict(book.columns)) == (["A", "Q"], {})

    def test_text_becomes_labels_and_numbers_of_customers_are_ignored(self):
        customers = pd.DataFrame({"customer_id": ["A"], "region": [" north "], "city": ["  "], "employees": [12]})
        book = Evidence(customers).portfolio(AS_OF)
        assert {name: label.tolist() for name, label in book.labels.items()} == {"region": ["north"], "city": [None]}
        assert dict(book.columns) == {}

    def test_segments_may_be_whole_numbers_or_categories(self):
        customers = pd.DataFrame({"customer_id": ["A", "B"], "segment": [3, 7], "tier": pd.Categorical(["x", None])})
        book = Evidence(customers).portfolio(AS_OF)
        assert book.label("segment").tolist() == ["3", "7"]
        assert book.label("tier").tolist() == ["x", None]

    @pytest.mark.parametrize("tags", [[["vip", " new "], None], [("vip", "new"), []], ["vip, new", None]])
    def test_tags_are_lists_or_separated_by_commas(self, tags):
        customers = pd.DataFrame({"customer_id": ["A", "B"], "tags": tags})
        book = Evidence(customers).portfolio(AS_OF)
        assert book.tags.tolist() == [("vip", "new"), ()]
        assert book.customer("A").tags == ("vip", "new")

    def test_unidentified_customers_are_excluded_too(self):
        customers = pd.DataFrame({"customer_id": ["A", None], "segment": ["gold", "gold"]})
        assert Evidence(customers, unidentified="exclude").portfolio(AS_OF).customer_id.tolist() == ["A"]


class TestSummaries:
    def test_the_defaults_are_those_whose_table_is_there_but_no_trend(self):
        columns = set(Evidence(transactions=sales()).portfolio(AS_OF).columns)
        assert columns == {each.name for each in Purchases().inputs}

    def test_evidence_may_say_what_its_portfolios_hold(self):
        evidence = Evidence(transactions=sales(), summaries=[PurchaseTrend()])
        assert set(evidence.portfolio(AS_OF).columns) == {each.name for each in PurchaseTrend().inputs}
        assert "frequency" in evidence.portfolio(AS_OF, [Purchases()]).columns

    def test_what_cannot_run_is_an_error(self):
        evidence = Evidence(transactions=sales())
        with pytest.raises(InvalidValueError, match="yielded by two summaries"):
            evidence.portfolio(AS_OF, [Purchases(), Purchases()])
        with pytest.raises(SchemaError, match="table needed by a summary was not given"):
            evidence.portfolio(AS_OF, [Complaints(), Surveys()])
        with pytest.raises(InvalidValueError, match="not a summary"):
            evidence.portfolio(AS_OF, [Purchases])
        with pytest.raises(InvalidValueError, match="not a summary"):
            evidence.portfolio(AS_OF, ["purchases"])

    def test_a_single_summary_needs_no_list(self):
        assert "frequency" in Evidence(transactions=sales()).portfolio(AS_OF, Purchases()).columns

    def test_a_plugin_that_breaks_its_word_is_named(self):
        import narwhals.stable.v2 as nw

        class Forgetful(BaseSummary):
            table = "transactions"
            inputs = (Input("visits", "count"),)

            def summarise(self, facts, as_of, /):
                return facts.group_by("customer_id").agg(nw.len().alias("calls"))

        class Repeating(Forgetful):
            def summarise(self, facts, as_of, /):
                return facts.select("customer_id", nw.col("amount").alias("visits"))

        evidence = Evidence(transactions=sales())
        with pytest.raises(SchemaError, match=r"Forgetful\.visits"):
            evidence.portfolio(AS_OF, [Forgetful()])
        with pytest.raises(RecordError, match=r"Repeating: 1 customer\(s\) with several rows"):
            evidence.portfolio(AS_OF, [Repeating()])


class TestOutcomes:
    def test_the_horizon_must_have_been_observed(self):
        evidence = Evidence(transactions=sales())
        assert evidence.observed_until == datetime(2024, 3, 1)
        assert len(evidence.outcomes(churn(29), datetime(2024, 2, 1)))
        with pytest.raises(HorizonNotObservedError, match="at most 2024-01-31") as caught:
            evidence.outcomes(churn(30), datetime(2024, 2, 1))
        assert "observed_until" in caught.value.problems[0].remedy
        stated = Evidence(transactions=sales(), observed_until=date(2024, 3, 2))
        assert stated.outcomes(churn(30), datetime(2024, 2, 1)).occurred.tolist() == [1.0]

    def test_a_plan_is_no_observation(self):
        bills = pd.DataFrame(
            {
                "customer_id": ["A", "A"],
                "due_at": pd.to_datetime(["2024-01-01", "2025-01-01"]),
                "amount": 1.0,
                "paid_at": pd.to_datetime(["2024-01-05", None]),
            }
        )
        assert Evidence(payments=bills).observed_until == datetime(2024, 1, 5)
        plans = Evidence(payments=bills.drop(columns="paid_at"))
        assert plans.observed_until is None
        for rule in (NoActivity("payments"), Occurs("payments")):
            with pytest.raises(HorizonNotObservedError, match="nothing is recorded to have happened"):
                plans.outcomes(churn(outcome=rule), datetime(2024, 1, 2))

    def test_a_table_vouches_for_itself_only(self):
        answers = pd.DataFrame(
            {"customer_id": ["A"], "at": pd.to_datetime(["2025-12-01"]), "question": "nps", "score": 9}
        )
        ended = sales(at=["2024-12-01", "2025-01-02", "2025-01-05"])
        evidence = Evidence(transactions=ended, surveys=answers)
        assert evidence.observed_until == datetime(2025, 1, 5)
        with pytest.raises(HorizonNotObservedError, match="ends after the evidence in transactions") as caught:
            evidence.outcomes(churn(), datetime(2025, 6, 1))
        assert "transactions are complete" in caught.value.problems[0].remedy
        assert len(evidence.outcomes(churn(outcome=Occurs("surveys")), datetime(2025, 6, 1)))
        stated = Evidence(transactions=ended, surveys=answers, observed_until=date(2025, 12, 1))
        assert set(stated.outcomes(churn(), datetime(2025, 6, 1)).occurred.tolist()) == {1.0}
        report = evidence.quality(datetime(2025, 6, 1))
        assert (report["transactions"].latest, report["surveys"].latest) == (
            datetime(2025, 1, 5),
            datetime(2025, 12, 1),
        )
        assert "the latest of 2025-12-01T00:00:00" in str(report)

    def test_a_horizon_beyond_the_calendar_is_an_error_of_ours(self):
        with pytest.raises(InvalidValueError, match="after the calendar"):
            Evidence(transactions=sales()).outcomes(churn(), datetime(9999, 12, 30))
        with pytest.raises(InvalidValueError, match="after the calendar"):
            Evidence(transactions=sales()).outcomes(churn(3_000_000), datetime(2024, 1, 1))
        with pytest.raises(HorizonNotObservedError, match="longer than the calendar"):
            Evidence(transactions=sales()).outcomes(churn(2_000_000), datetime(2024, 1, 1))

    def test_an_event_without_rule_or_table_is_an_error(self):
        evidence = Evidence(transactions=sales())
        with pytest.raises(InvalidValueError, match="event without an outcome rule"):
            evidence.outcomes(churn(outcome=None), datetime(2024, 1, 1))
        for rule in (Occurs("complaints"), Overdue(), Recorded()):
            with pytest.raises(SchemaError, match="reads was not given"):
                evidence.outcomes(churn(outcome=rule), datetime(2024, 1, 1))

    def test_outcomes_are_of_exactly_the_customers_of_the_portfolio(self, engine, book):
        evidence = Evidence(**{name: engine(columns) for name, columns in book.items()})
        for day in (datetime(2023, 3, 1), datetime(2024, 1, 6), datetime(2024, 6, 1)):
            portfolio = evidence.portfolio(day, [Purchases()])
            assert evidence.outcomes(churn(), day).customer_id.tolist() == portfolio.customer_id.tolist()

    def test_aware_evidence_has_aware_outcomes(self):
        aware = sales()
        aware["at"] = aware["at"].dt.tz_localize("UTC")
        evidence = Evidence(transactions=aware)
        assert evidence.observed_until == datetime(2024, 3, 1, tzinfo=UTC)
        assert evidence.outcomes(churn(20), date(2024, 1, 2)).as_of == datetime(2024, 1, 2, tzinfo=UTC)


class TestObject:
    def test_it_is_frozen_and_says_what_it_holds(self):
        evidence = Evidence(transactions=sales())
        assert repr(evidence) == "Evidence(transactions: pandas)"
        with pytest.raises(AttributeError):
            evidence.unlisted = "exclude"
        with pytest.raises(InvalidValueError, match="unknown policy"):
            Evidence(transactions=sales(), unlisted="ignore")
        with pytest.raises(InvalidValueError, match="unknown policy"):
            Evidence(transactions=sales(), unidentified="drop")

    def test_later_changes_of_a_pandas_frame_do_not_reach_it(self):
        frame = sales()
        evidence = Evidence(transactions=frame)
        before = evidence.portfolio(AS_OF)
        frame.loc[:, "amount"] = 1000.0
        frame.loc[:, "at"] = pd.Timestamp("2020-01-01")
        assert evidence.portfolio(AS_OF) == before

    def test_the_callers_frames_are_not_modified(self, engine, book):
        import narwhals.stable.v2 as nw

        frames = {name: engine(columns) for name, columns in book.items()}
        expected = {name: engine(columns) for name, columns in book.items()}
        evidence = Evidence(**frames)
        evidence.portfolio(AS_OF, [Purchases(), Complaints(), Surveys()])
        evidence.outcomes(churn(), AS_OF)
        evidence.quality(AS_OF)
        for name, frame in frames.items():
            found, wanted = (
                nw.from_native(each).lazy().collect("pyarrow").to_native() for each in (frame, expected[name])
            )
            assert found.cast(wanted.schema).to_pylist().__repr__() == wanted.to_pylist().__repr__()

    def test_two_threads_see_one_portfolio(self):
        evidence = Evidence(transactions=sales())
        found = []
        threads = [threading.Thread(target=lambda: found.append(evidence.portfolio(AS_OF))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 4
        assert all(book == found[0] for book in found)
