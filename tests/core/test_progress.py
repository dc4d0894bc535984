from __future__ import annotations

import sys

import pytest

from crmrisk.core.errors import MissingExtraError
from crmrisk.core.progress import progress_callback


def test_a_callback_is_the_callers_own():
    seen = []
    callback = seen.append
    assert progress_callback(callback) is callback


def test_silence_is_silent(capsys):
    progress_callback(None)(1, 1)
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "")


def test_a_bar_counts_to_the_end(capsys):
    pytest.importorskip("tqdm")
    report = progress_callback("bar")
    for done in (1, 2, 3):
        report(done, 3)
    assert "3/3" in capsys.readouterr().err


def test_without_tqdm_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(MissingExtraError, match=r"crmrisk\[progress\]"):
        progress_callback("bar")
