"""Saved models: a ``.crmrisk`` file is a zip of readable JSON and plain arrays. There is no pickle, ever.

``model.json`` holds the component as `dump_component` writes it, under a header that names the format; long lists of
numbers stand beside it as ``arrays/N.npy``, read with ``allow_pickle=False``. Loading resolves names against installed
components only: a foreign file is refused before anything is imported.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import numpy as np

from crmrisk.core.codec import dump_component, load_component
from crmrisk.core.errors import CompositionError, CrmRiskError, InvalidValueError, Problem, SavedModelError

if TYPE_CHECKING:
    from os import PathLike

__all__ = ["load", "save"]

_FORMAT = "crmrisk.model"
_VERSION = 1
_LONG_LIST = 64
_MOST_BYTES = 512 * 2**20
_MOST_DOCUMENT_BYTES = 64 * 2**20
_DOCUMENT = "model.json"
_ARRAY = "$array"
_LONGEST_MESSAGE = 300


def save(component: object, path: str | PathLike[str]) -> None:
    """Write a component, fitted or not, to a ``.crmrisk`` file.

    Parameters
    ----------
    component
        A pipeline, programme, scorer or any other registered component.
    path
        Where to write; an existing file is replaced whole or not at all.

    Raises
    ------
    SavedModelError
        If a part of it cannot be written, or the file cannot.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from crmrisk import ColumnScorer, Measure
    >>> scorer = ColumnScorer(column="satisfaction", measure=Measure.share())
    >>> path = pathlib.Path(tempfile.mkdtemp(), "scorer.crmrisk")
    >>> save(scorer, path)
    >>> load(path) == scorer
    True
    """
    try:
        _replace(Path(path), _archive(component))
    except (OSError, TypeError, ValueError) as error:
        got = f"{type(error).__name__}: {error}"[:_LONGEST_MESSAGE]
        raise SavedModelError(Problem(what="cannot be written", where=str(path), got=got)) from error


def _archive(component: object) -> bytes:
    arrays: list[np.ndarray[Any, Any]] = []
    tree = dump_component(component)
    header = {"format": _FORMAT, "version": _VERSION, "sha256": _digest(tree)}
    document = {**header, "component": _extract(tree, arrays)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, _DOCUMENT, json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False).encode())
        for number, array in enumerate(arrays):
            _add(archive, _array_name(number), _npy(array))
    return buffer.getvalue()


def _replace(target: Path, content: bytes) -> None:
    """Write beside the target and move over it, so that readers see the old file or the new one, whole."""
    partial = target.with_name(f"{target.name}.{uuid4().hex}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def load(path: str | PathLike[str]) -> Any:
    """Read what `save` wrote.

    Parameters
    ----------
    path
        A ``.crmrisk`` file.

    Returns
    -------
    The component, equal to the one saved.

    Raises
    ------
    SavedModelError
        If the file is missing, damaged, changed, foreign, too large, of a later format, or holds what its components do
        not allow.
    UnknownComponentError
        If it names a component that is not installed.

    Examples
    --------
    >>> load("/nowhere.crmrisk")
    Traceback (most recent call last):
    crmrisk.core.errors.SavedModelError: /nowhere.crmrisk: cannot be read; got: ...
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(archive, path)
            document = json.loads(archive.read(_DOCUMENT), parse_constant=_no_constant)
            arrays = {name: archive.read(name) for name in archive.namelist() if name != _DOCUMENT}
        tree = _joined(_component_of(document, path), arrays)
        component = _built(tree, path)
        _check_digest(document, tree, path)
    except CrmRiskError:
        raise
    except Exception as error:
        got = f"{type(error).__name__}: {error}"[:_LONGEST_MESSAGE]
        raise SavedModelError(Problem(what="cannot be read", where=str(path), got=got)) from error
    return component


def _built(tree: Any, path: str | PathLike[str]) -> Any:
    """Build the component; what its settings do wrong is said of the file they are in."""
    try:
        return load_component(tree)
    except (InvalidValueError, CompositionError) as error:
        problems = [replace(problem, where=f"{path}: {problem.where}") for problem in error.problems]
        raise SavedModelError(*problems) from error


def _digest(tree: Any) -> str:
    text = json.dumps(tree, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _check_digest(document: dict[str, Any], tree: Any, path: str | PathLike[str]) -> None:
    """Notice a file that was edited or damaged; a digest proves nothing about who wrote it."""
    if document.get("sha256") != _digest(tree):
        what = "was changed after it was saved"
        raise SavedModelError(Problem(what=what, where=str(path), remedy="save the model again from where it was made"))


def _array_name(number: int) -> str:
    return f"arrays/{number}.npy"


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Write a member with a fixed date, so that equal models are equal files."""
    member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(member, content)


def _npy(array: np.ndarray[Any, Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _extract(tree: Any, arrays: list[np.ndarray[Any, Any]]) -> Any:
    """Move long lists of floats out of the tree."""
    if isinstance(tree, dict):
        if _ARRAY in tree:
            raise SavedModelError(Problem(what="a name that saved models reserve", where=repr(_ARRAY)))
        return {name: _extract(branch, arrays) for name, branch in tree.items()}
    if not isinstance(tree, list):
        return tree
    if len(tree) >= _LONG_LIST and all(type(item) is float and isfinite(item) for item in tree):
        arrays.append(np.array(tree, dtype="<f8"))
        return {_ARRAY: len(arrays) - 1}
    return [_extract(branch, arrays) for branch in tree]


def _no_constant(name: str) -> Any:
    raise SavedModelError(Problem(what="no JSON number", where=_DOCUMENT, allowed="finite numbers", got=name))


def _joined(document: Any, arrays: dict[str, bytes]) -> Any:
    tree = _inject(document, arrays)
    if arrays:
        raise SavedModelError(Problem(what="arrays nothing refers to", where=_DOCUMENT, got=", ".join(arrays)[:100]))
    return tree


def _inject(tree: Any, arrays: dict[str, bytes]) -> Any:
    """Put the arrays back where `_extract` took them, each once: a small file cannot grow by referring twice."""
    if isinstance(tree, dict):
        if tree.keys() == {_ARRAY}:
            number = tree[_ARRAY]
            stored = arrays.pop(_array_name(number), b"") if type(number) is int else b""
            return _floats(stored, where=f"{_ARRAY} {number!r}"[:100])
        return {name: _inject(branch, arrays) for name, branch in tree.items()}
    return [_inject(branch, arrays) for branch in tree] if isinstance(tree, list) else tree


def _floats(stored: bytes, *, where: str) -> list[float]:
    content = np.lib.format.read_array(io.BytesIO(stored), allow_pickle=False) if stored else None
    if content is None or content.dtype != np.dtype("<f8") or content.ndim != 1 or not np.isfinite(content).all():
        raise SavedModelError(
            Problem(what="no array that is referred to once", where=where, allowed="one list of finite float64")
        )
    return cast("list[float]", content.tolist())


def _check_members(archive: zipfile.ZipFile, path: str | PathLike[str]) -> None:
    members = archive.infolist()
    allowed = {_DOCUMENT, *(_array_name(number) for number in range(len(members)))}
    names = [member.filename for member in members]
    foreign = [name for name in names if name not in allowed or names.count(name) > 1]
    size = sum(member.file_size for member in members)
    document = sum(member.file_size for member in members if member.filename == _DOCUMENT)
    problems = [Problem(what="unexpected member", where=str(path), got=repr(name)[:100]) for name in foreign]
    for what, most, got in (
        ("too large", _MOST_BYTES, size),
        (f"{_DOCUMENT} too large", _MOST_DOCUMENT_BYTES, document),
    ):
        if got > most:
            problems.append(Problem(what=what, where=str(path), allowed=f"{most} bytes", got=f"{got} bytes"))
    if _DOCUMENT not in archive.namelist():
        problems.append(Problem(what=f"holds no {_DOCUMENT}", where=str(path)))
    if problems:
        raise SavedModelError(*problems)


def _component_of(document: Any, path: str | PathLike[str]) -> Any:
    header = (document.get("format"), document.get("version")) if isinstance(document, dict) else (None, None)
    if header != (_FORMAT, _VERSION):
        raise SavedModelError(
            Problem(
                what="no crmrisk model, or of a format this release does not read",
                where=str(path),
                allowed=f"{_FORMAT} {_VERSION}",
                got=f"{header[0]} {header[1]}"[:100],
            )
        )
    component = document.get("component")
    if not isinstance(component, dict):
        raise SavedModelError(Problem(what="names no component", where=str(path)))
    return component
