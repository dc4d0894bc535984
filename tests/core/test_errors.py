from __future__ import annotations

import inspect
from copy import deepcopy

import pytest

from crmrisk.core import errors
from crmrisk.core.errors import CrmRiskError, Problem, UnknownCustomerError

ERRORS = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, Exception)]


@pytest.mark.parametrize("error", ERRORS, ids=lambda each: each.__name__)
def test_every_error_descends_from_the_root_and_is_no_value_error(error):
    assert issubclass(error, CrmRiskError)
    assert not issubclass(error, ValueError)
    assert error.__name__ in errors.__all__
    assert error.__doc__


@pytest.mark.parametrize("error", ERRORS, ids=lambda each: each.__name__)
def test_the_tree_is_documented(error):
    assert error.__name__ in errors.__doc__


def test_an_error_lists_every_problem_and_keeps_it():
    problems = (Problem(what="no rows", where="transactions"), Problem(what="no column 'at'", remedy="rename it"))
    error = CrmRiskError(*problems)
    assert error.problems == problems
    assert str(error) == "2 problems:\n  - transactions: no rows\n  - no column 'at'; remedy: rename it"


def test_a_problem_says_what_where_allowed_got_remedy():
    problem = Problem(what="w", where="x", allowed="a", got="g", remedy="r")
    assert str(CrmRiskError(problem)) == "x: w; allowed: a; got: g; remedy: r"


def test_an_unknown_customer_is_a_key_error_with_a_readable_message():
    error = UnknownCustomerError(Problem(what="no such customer", where="'C9'"))
    assert isinstance(error, KeyError)
    assert str(error) == "'C9': no such customer"


@pytest.mark.parametrize("error", ERRORS, ids=lambda each: each.__name__)
def test_errors_can_be_copied_as_between_processes(error):
    back = deepcopy(error(Problem(what="w")))
    assert type(back) is error
    assert back.problems == (Problem(what="w"),)
