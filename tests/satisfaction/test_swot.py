"""Tests of the SWOT table as a record."""

from __future__ import annotations

import pytest

from crmrisk.core.errors import InvalidValueError
from crmrisk.satisfaction.swot import SwotEntry, SwotTable

TABLE = SwotTable(
    strengths=["secure"], threats=[SwotEntry("rival", "entered in May", 0.4)], unrated=["colour"], title="Transfers"
)


def test_texts_become_entries_and_headings_can_be_read_by_name():
    assert TABLE["strengths"] == (SwotEntry("secure"),)
    assert [heading for heading, _ in TABLE] == ["strengths", "weaknesses", "opportunities", "threats"]
    assert len(TABLE) == 2
    assert SwotTable(strengths="secure").strengths == (SwotEntry("secure"),)
    with pytest.raises(InvalidValueError, match="'strengths', 'weaknesses', 'opportunities' or 'threats'"):
        TABLE["luck"]


def test_it_reads_as_a_table_and_as_a_frame_and_survives_json():
    assert str(TABLE).splitlines()[0] == "Transfers"
    assert "  - rival (entered in May)" in str(TABLE)
    assert str(TABLE).endswith("Unrated: colour")
    assert TABLE.frame()["heading"].tolist() == ["strengths", "threats"]
    assert TABLE.frame()["weight"].isna().tolist() == [True, False]
    assert SwotTable().frame().empty
    assert SwotTable.from_json(TABLE.to_json()) == TABLE


@pytest.mark.parametrize("entries", [3, None, [1], [""], [{"text": "a", "weight": -1}], [None]])
def test_what_is_no_entry_is_refused(entries):
    with pytest.raises(InvalidValueError):
        SwotTable(strengths=entries)
