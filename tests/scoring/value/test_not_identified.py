"""What a fit could not tell, as a record and, for whoever asks, as a warning."""

from __future__ import annotations

import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.scoring.value import BetaGeoNBD, NotIdentified, NotIdentifiedWarning


def test_it_is_a_record_with_words():
    record = NotIdentified("a", "zero")
    assert str(record) == record.message
    assert record.message.startswith("a is not identified: ")
    assert NotIdentified.from_json(record.to_json()) == record
    assert len({NotIdentified("a", bound).message for bound in ("zero", "infinity", "flat")}) == 3


def test_it_is_no_warning_until_asked_for():
    fit = BetaGeoNBD.fit([0, 0, 0], [0, 0, 0], [12, 30, 31])  # warnings are errors here
    with pytest.warns(NotIdentifiedWarning, match="alpha is not identified") as caught:
        fit.unidentified[1].warn()
    assert caught[0].message.record == fit.unidentified[1]
    assert caught[0].filename == __file__


def test_there_are_three_bounds():
    with pytest.raises(InvalidValueError):
        NotIdentified("a", "somewhere")
