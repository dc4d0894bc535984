"""Saved models: what was saved comes back equal; anything else is refused, and imports and runs nothing."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ConfigDict

from crmrisk.core import saved
from crmrisk.core.component import Component
from crmrisk.core.errors import CrmRiskError, SavedModelError, UnknownComponentError
from crmrisk.core.measures import Input, Measure
from crmrisk.core.saved import load, save
from crmrisk.scoring import AttritionScorer, BetaGeoNBD, BlendedScorer, ColumnScorer, LogisticScorer
from crmrisk.testing import ScorerCase

SHARE = ColumnScorer(column="satisfaction", measure=Measure.share())
LOGISTIC = LogisticScorer(inputs=(Input("idle_days", "day", ge=0),), horizon=timedelta(days=90))
PUBLISHED = BetaGeoNBD(r=0.1 + 0.2, alpha=4.414, a=0.793, b=2.426)

CURVE = """
from crmrisk.core.component import Component

class Curve(Component, kind="acme.curve"):
    points: tuple[float, ...] = ()
    rows: tuple[tuple[float, ...], ...] = ()
    names: dict[str, float] = {}
"""


@pytest.fixture
def curve(install):
    """A plugin component with long lists, installed for one test."""
    install("acme-curves", {"acme.curve": "acme_curve:Curve"}, acme_curve=CURVE)
    from crmrisk.core.registry import component_class

    return component_class("acme.curve")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.crmrisk"


def archive(members: dict[str, bytes | str], path: Path, *, compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def document(component: Any, **header: Any) -> str:
    header = {"format": "crmrisk.model", "version": 1, "sha256": saved._digest(component)} | header
    return json.dumps(header | {"component": component})


def npy(array: Any, *, allow_pickle: bool = False) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=allow_pickle)
    return buffer.getvalue()


def refuse(path: Path, error: type[Exception] = CrmRiskError) -> str:
    """Load a file that must be refused, and see that nothing was imported meanwhile."""
    before = set(sys.modules)
    with pytest.raises(error) as caught:
        load(path)
    assert set(sys.modules) == before
    assert len(str(caught.value)) < 3000
    return str(caught.value)


# ---------------------------------------------------------------- what is saved comes back


@pytest.mark.parametrize(
    "component",
    [
        SHARE,
        LOGISTIC,
        ScorerCase(LOGISTIC).fitted,
        AttritionScorer(horizon=timedelta(days=90), model=PUBLISHED),
        BlendedScorer(scorers=(SHARE, ColumnScorer(column="anger", measure=Measure.share()))),
    ],
    ids=lambda component: type(component).__name__,
)
def test_components_come_back_equal(component, path):
    save(component, path)
    assert load(path) == component
    assert type(load(str(path))) is type(component)


def test_equal_models_are_equal_files(tmp_path):
    save(SHARE, tmp_path / "a.crmrisk")
    save(ColumnScorer(column="satisfaction", measure=Measure.share()), tmp_path / "b.crmrisk")
    assert (tmp_path / "a.crmrisk").read_bytes() == (tmp_path / "b.crmrisk").read_bytes()


def test_a_file_is_readable_by_people(path):
    save(SHARE, path)
    with zipfile.ZipFile(path) as file:
        assert file.namelist() == ["model.json"]
        assert json.loads(file.read("model.json"))["component"]["column"] == "satisfaction"


FLOATS = st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=130)


def test_long_lists_of_numbers_come_back_bit_for_bit(curve, path):
    @settings(max_examples=25, deadline=None)
    @given(points=FLOATS, row=FLOATS)
    def check(points, row):
        component = curve(points=points, rows=(row, row), names={"a": 0.1})
        save(component, path)
        back = load(path)
        assert back == component
        assert np.array(back.points).tobytes() == np.array(component.points).tobytes()
        with zipfile.ZipFile(path) as file:
            assert len(file.namelist()) == 1 + (len(points) >= 64) + 2 * (len(row) >= 64)

    check()


def test_an_existing_file_is_replaced_whole_or_not_at_all(path, monkeypatch):
    save(SHARE, path)
    before = path.read_bytes()
    with pytest.raises(SavedModelError):
        save(object(), path)
    assert path.read_bytes() == before
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(SavedModelError, match="cannot be written; got: OSError: disk full"):
        save(LOGISTIC, path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_two_threads_may_save_to_one_path(path):
    threads = [Thread(target=save, args=(each, path)) for each in (SHARE, LOGISTIC) * 8]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert load(path) in (SHARE, LOGISTIC)
    assert list(path.parent.iterdir()) == [path]


class Loose(Component, kind="acme.loose"):
    model_config: ClassVar = ConfigDict(allow_inf_nan=True)
    anything: Any = None


@pytest.mark.parametrize(
    "value",
    [float("nan"), [float("inf")] * 100, object(), {"$array": 0}, {"a": [{"$array": 3}]}],
    ids=lambda v: repr(v)[:20],
)
def test_what_json_cannot_say_is_not_saved(value, path):
    with pytest.raises(SavedModelError):
        save(Loose(anything=value), path)
    assert not path.exists()


@pytest.mark.parametrize("place", ["/nowhere/model.crmrisk", "", "a\0b"])
def test_where_nothing_can_be_written_the_error_says_so(place):
    with pytest.raises(SavedModelError):
        save(SHARE, place)


# ---------------------------------------------------------------- what is foreign is refused


@pytest.mark.parametrize("place", ["/nowhere.crmrisk", "/", "", "a\0b", 10**9, None])
def test_a_missing_file_is_a_clear_error(place):
    with pytest.raises(SavedModelError, match="cannot be read"):
        load(place)


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=300))
def test_random_bytes_are_refused(content, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "random.crmrisk"
    path.write_bytes(content)
    refuse(path, SavedModelError)


def saved_bytes() -> bytes:
    path = Path(os.environ.get("TMPDIR", "/tmp"), f"crmrisk-saved-{os.getpid()}.crmrisk")  # noqa: S108 - removed below
    try:
        save(ScorerCase(LOGISTIC).fitted, path)
        return path.read_bytes()
    finally:
        path.unlink(missing_ok=True)


GOOD = saved_bytes()


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, len(GOOD) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_refused_or_changes_nothing(place, bit, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "flipped.crmrisk"
    damaged = bytearray(GOOD)
    damaged[place] ^= 1 << bit
    path.write_bytes(bytes(damaged))
    try:
        component = load(path)
    except CrmRiskError:
        return
    assert component == ScorerCase(LOGISTIC).fitted


@settings(max_examples=60, deadline=None)
@given(length=st.integers(0, len(GOOD) - 1))
def test_a_truncated_file_is_refused(length, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "truncated.crmrisk"
    path.write_bytes(GOOD[:length])
    refuse(path, SavedModelError)


VALID = document({"kind": "crmrisk.column", "column": "x", "measure": {"quantity": "share", "ge": 0, "le": 1}})


def test_the_template_of_these_tests_is_itself_valid(path):
    assert load(archive({"model.json": VALID}, path)) == ColumnScorer(column="x", measure=Measure.share())


@pytest.mark.parametrize(
    "name",
    ["../evil.py", "/etc/passwd", "arrays/../model.json", "arrays/", "arrays/x.npy", "arrays/1e0.npy", "arrays/-1.npy",
     "arrays/00.npy", "model.pkl", "MODEL.JSON", "__init__.py", "arrays\\0.npy", "a" * 5000],
    ids=lambda name: name[:20],
)  # fmt: skip
def test_foreign_members_are_refused_by_name(name, path):
    text = refuse(archive({"model.json": VALID, name: b"x"}, path), SavedModelError)
    assert "unexpected member" in text


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_appears_twice_is_refused(path):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("model.json", VALID)
        file.writestr("model.json", VALID)
    refuse(path, SavedModelError)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "3",
        '"model"',
        "{}",
        "{",
        "\x00\xff",
        "[" * 100_000,
        '{"format": "crmrisk.model"}',
        document(None),
        document([]),
        document("crmrisk.column"),
        document({}),
        document({"kind": 3}),
        document({"kind": None}),
        document({"kind": "crmrisk.column"}, version=2),
        document({"kind": "crmrisk.column"}, version="1"),
        document({"kind": "crmrisk.column"}, version=None),
        document({"kind": "crmrisk.column"}, format="sklearn"),
        document({"kind": "crmrisk.column"}, format="x" * 10_000),
        document({"$array": 0}),
        VALID.replace('"x"', "NaN"),
        VALID.replace('"ge": 0', '"ge": -Infinity'),
        VALID.replace('"ge": 0', '"ge": 1e999'),
        VALID.replace('"ge": 0', '"ge": ' + "9" * 5000),
    ],
    ids=lambda text: text[:40],
)
def test_a_document_that_is_no_model_is_refused(text, path):
    refuse(archive({"model.json": text}, path))


def test_a_zip_without_a_document_is_refused(path):
    assert "holds no model.json" in refuse(archive({}, path), SavedModelError)
    assert "holds no model.json" in refuse(archive({"arrays/0.npy": npy(np.zeros(3))}, path), SavedModelError)


@pytest.mark.parametrize(
    "kind",
    ["os:system", "os.system", "subprocess.Popen", "builtins.eval", "posix:system", "antigravity", "this:s", "",
     "crmrisk.scoring.column:ColumnScorer", "crmrisk.core.saved.load", "x" * 100_000],
    ids=lambda kind: kind[:30],
)  # fmt: skip
def test_import_paths_are_no_names(kind, path):
    refuse(archive({"model.json": document({"kind": kind, "command": "true"})}, path), UnknownComponentError)
    inside = {"kind": "crmrisk.blended", "scorers": [{"kind": kind}]}
    refuse(archive({"model.json": document(inside)}, path), UnknownComponentError)


@pytest.mark.parametrize(
    "changed",
    [
        {"column": ""},
        {"column": 3},
        {"column": None},
        {"column": {"kind": "os:system"}},
        {"measure": None},
        {"measure": {"quantity": "share"}},
        {"measure": {"quantity": "share", "ge": 0, "le": 7}},
        {"measure": {"kind": "crmrisk.column"}},
        {"__class__": "os.system"},
        {"__reduce__": ["os.system", ["true"]]},
        {"model_config": {"extra": "allow"}},
        {"fitted_class": "x"},
    ],
    ids=str,
)
def test_tampered_settings_are_refused(changed, path):
    component = json.loads(VALID)["component"] | changed
    refuse(archive({"model.json": document(component)}, path), SavedModelError)


def test_a_number_changed_after_saving_is_noticed(path):
    """A valid model with other parameters: nothing but the digest can tell."""
    save(AttritionScorer(horizon=timedelta(days=90), model=PUBLISHED), path)
    with zipfile.ZipFile(path) as file:
        changed = file.read("model.json").replace(b"4.414", b"9.414")
    assert "was changed after it was saved" in refuse(archive({"model.json": changed}, path), SavedModelError)


# ---------------------------------------------------------------- arrays


class Bomb:
    """Would touch a file if it were ever unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.target,))


def with_array(content: bytes, path: Path, *, points: Any = None) -> Path:
    component = {"kind": "acme.curve", "points": {"$array": 0} if points is None else points}
    whole = {"kind": "acme.curve", "points": [1.0, 2.0]}  # what the digest is of, arrays in place
    header = {"sha256": saved._digest(whole)}
    return archive({"model.json": document(component, **header), "arrays/0.npy": content}, path)


def test_the_template_of_these_arrays_is_itself_valid(curve, path):
    assert load(with_array(npy(np.array([1.0, 2.0])), path)) == curve(points=(1.0, 2.0))


def test_pickles_are_never_read(curve, path, tmp_path):
    target = tmp_path / "touched"
    refuse(with_array(npy(np.array([Bomb(target)], dtype=object), allow_pickle=True), path), SavedModelError)
    import pickle

    refuse(with_array(pickle.dumps(Bomb(target)), path), SavedModelError)
    assert not target.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        b"\x93NUMPY",
        npy(np.array([1, 2])),
        npy(np.array([1.0, 2.0], dtype=">f8")),
        npy(np.array([1.0], dtype="f4")),
        npy(np.array(["1.5"])),
        npy(np.array([1j])),
        npy(np.array([[1.0]])),
        npy(np.array(1.0)),
        npy(np.array([np.nan])),
        npy(np.array([np.inf])),
        npy(np.array(["2026"], dtype="datetime64[Y]")),
        npy(np.array([1.0, 2.0])).replace(b"(2,)", b"(9,)"),
        npy(np.array([1.0, 2.0])).replace(b"(2,), }   ", b"(10**11,)}"),
        npy(np.array([1.0, 2.0])).replace(b"'<f8'", b"'|O8'"),
        npy(np.array([1.0, 2.0])).replace(b"(2,), }", b"(-2,),}"),
    ],
    ids=lambda content: repr(content[-24:])[:40],
)
def test_arrays_of_another_kind_are_refused(content, curve, path):
    refuse(with_array(content, path), SavedModelError)


@pytest.mark.parametrize("number", [1, -1, "0", 0.0, True, None, [0], "../0", 10**30], ids=repr)
def test_references_to_no_array_are_refused(number, curve, path):
    refuse(with_array(npy(np.array([1.0])), path, points={"$array": number}), SavedModelError)


def test_an_array_is_referred_to_once(curve, path):
    component = {"kind": "acme.curve", "rows": [{"$array": 0}, {"$array": 0}]}
    members = {"model.json": document(component), "arrays/0.npy": npy(np.zeros(100))}
    assert "referred to once" in refuse(archive(members, path), SavedModelError)
    assert "nothing refers to" in refuse(with_array(npy(np.zeros(3)), path, points=[1.0]), SavedModelError)


# ---------------------------------------------------------------- bombs


def test_a_zip_bomb_is_refused_before_it_is_unpacked(path, monkeypatch):
    monkeypatch.setattr(saved, "_MOST_BYTES", 2**20)  # the true limit takes ten seconds to write
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("was unpacked"))
    archive({"model.json": VALID, "arrays/0.npy": bytes(2**20)}, path)
    assert path.stat().st_size < 2**12
    assert "too large" in refuse(path, SavedModelError)


def test_a_document_bomb_is_refused_before_it_is_parsed(path, monkeypatch):
    monkeypatch.setattr(saved, "_MOST_DOCUMENT_BYTES", 2**20)
    archive({"model.json": b" " * 2**20 + VALID.encode()}, path)
    assert "model.json too large" in refuse(path, SavedModelError)


def test_a_bomb_that_lies_about_its_size_is_refused(path):
    archive({"model.json": VALID + " " * 10_000}, path)
    content = bytearray(path.read_bytes())
    true, lie = (10_000 + len(VALID)).to_bytes(4, "little"), len(VALID).to_bytes(4, "little")
    assert content.count(true) == 2
    path.write_bytes(bytes(content).replace(true, lie))
    refuse(path, SavedModelError)


def test_the_limits_leave_room_for_large_models():
    assert 8 * 10_000_000 <= saved._MOST_BYTES <= 2**30
    assert 2**20 <= saved._MOST_DOCUMENT_BYTES <= 2**27


def test_a_refused_file_imports_nothing_in_a_fresh_process(path):
    archive({"model.json": document({"kind": "os:system", "command": "true"})}, path)
    code = """
import sys
import crmrisk
from crmrisk.core.errors import CrmRiskError
load = crmrisk.load
before = set(sys.modules)
try:
    load(sys.argv[1])
except CrmRiskError:
    fresh = {name for name in set(sys.modules) - before if not name.startswith(("encodings", "zipfile", "email"))}
    print(sorted(name for name in fresh if name.split(".")[0] in {"crmrisk", "scipy", "pandas", "subprocess", "this"}))
"""
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)  # noqa: S603 - this interpreter
    assert run.stdout.strip() == "[]", run.stderr
