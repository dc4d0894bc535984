"""What the package promises as a whole: its names, its layers, its imports, its examples, its size."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import os
import pkgutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

import crmrisk
from crmrisk._exports import HOMES

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "crmrisk"
FILES = sorted(path for path in SOURCE.rglob("*.py") if ".mypy_cache" not in path.parts)
MODULES = sorted(
    ["crmrisk", *(found.name for found in pkgutil.walk_packages([str(SOURCE)], "crmrisk.")) ]
)  # fmt: skip
LAYERS = {
    "core": set(),
    "evidence": {"core"},
    "scoring": {"core", "evidence"},
    "satisfaction": {"core", "evidence"},
    "segmentation": {"core", "evidence"},
    "assessment": {"core", "evidence", "scoring", "satisfaction", "segmentation"},
    "proof": {"core", "evidence", "scoring", "satisfaction", "segmentation", "assessment"},
    "treatment": {"core", "evidence", "scoring", "satisfaction", "segmentation", "assessment"},
    "monitoring": {"core", "evidence", "scoring", "satisfaction", "segmentation", "assessment"},
    # beside the process: books to try it on, and the kit for plugin authors
    "datasets": {"core", "evidence"},
    "testing": {"core", "evidence"},
}
LAYERS["report"] = {*LAYERS}
LAYERS["demonstration"] = {*LAYERS}
LAYERS["cli"] = {*LAYERS}
LONGEST_FUNCTION, LONGEST_MODULE, MOST_POSITIONAL = 40, 400, 5


def name_of(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def in_fresh_process(code: str) -> dict[str, object]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)  # noqa: S603 - this interpreter
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


# ---------------------------------------------------------------- names


def test_everything_exported_is_importable():
    missing = [name for name in crmrisk.__all__ if not hasattr(crmrisk, name)]
    assert not missing
    assert len(set(crmrisk.__all__)) == len(crmrisk.__all__)
    assert set(crmrisk.__all__) <= set(dir(crmrisk))


LAZY = sorted(path.parent for path in SOURCE.rglob("_exports.py"))


def homes_in(folder: Path) -> dict[str, tuple[str, ...]]:
    """Read where a lazy package says its names live."""
    dotted = ".".join(("crmrisk", *folder.relative_to(SOURCE).parts))
    return importlib.import_module(f"{dotted}._exports").HOMES


@pytest.mark.parametrize("folder", LAZY, ids=lambda folder: folder.name)
def test_the_stub_says_what_the_package_does(folder):
    stub = ast.parse((folder / "__init__.pyi").read_text(encoding="utf-8"))
    imported = {
        alias.asname: node.module for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    [listed] = [ast.literal_eval(node.value) for node in stub.body if isinstance(node, ast.Assign)]
    homes = homes_in(folder)
    assert imported == {name: module for module, names in homes.items() for name in names}
    assert {*listed} - {"__version__"} == imported.keys()


@pytest.mark.parametrize("folder", LAZY, ids=lambda folder: folder.name)
def test_no_module_hides_a_name_that_is_imported_on_first_use(folder):
    """A module that is imported becomes an attribute of its package, so a function of its name would be lost."""
    modules = {found.name for found in pkgutil.iter_modules([str(folder)])}
    assert not modules & {name for names in homes_in(folder).values() for name in names}


@pytest.mark.parametrize("folder", LAZY, ids=lambda folder: folder.name)
def test_every_name_lives_where_the_table_says(folder):
    package = importlib.import_module(".".join(("crmrisk", *folder.relative_to(SOURCE).parts)))
    for home, names in homes_in(folder).items():
        module = importlib.import_module(home)
        assert set(names) <= set(module.__all__)
        assert all(getattr(package, name) is getattr(module, name) for name in names)


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        crmrisk.nothing  # noqa: B018 - the access is the test


def test_the_version_is_that_of_the_distribution():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert crmrisk.__version__ == project["version"]


@pytest.mark.parametrize("module", MODULES)
def test_every_module_lists_its_public_names_and_introduces_itself(module):
    loaded = importlib.import_module(module)
    assert loaded.__doc__, "a module docstring tells the reader what room they are in"
    assert isinstance(getattr(loaded, "__all__", None if hasattr(loaded, "__path__") else []), list | type(None))
    missing = [name for name in getattr(loaded, "__all__", ()) if not hasattr(loaded, name)]
    assert not missing


def test_entry_points_name_classes_that_exist():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wrong = []
    for group, points in project["entry-points"].items():
        for kind, value in points.items():
            module, _, attribute = value.partition(":")
            component = getattr(importlib.import_module(module), attribute, None)
            if getattr(component, "kind", None) != kind:
                wrong.append(f"{group}: {kind} = {value}")
    assert not wrong


# ---------------------------------------------------------------- layers


def layer_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


HOME_OF = {name: module for module, names in HOMES.items() for name in names}


def imports_of(path: Path) -> list[tuple[int, str]]:
    """List what a file imports from the package, wherever in the file and also for type checkers, by its home."""
    found = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = ["crmrisk", *path.relative_to(SOURCE).parts[:-1]]
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            found += [(node.lineno, f"{module}.{alias.name}") for alias in node.names]
    own = [(line, name.split(".")[1:]) for line, name in found if name.split(".")[0] == "crmrisk"]
    return [(line, HOME_OF.get(parts[0], f"crmrisk.{parts[0]}")) for line, parts in own if parts]


def test_every_folder_is_in_the_layers():
    folders = {layer_of(path) for path in FILES} - {"__init__", "_exports", "__main__"}
    assert folders <= set(LAYERS)


@pytest.mark.parametrize("path", [path for path in FILES if layer_of(path) in LAYERS], ids=name_of)
def test_imports_point_downwards(path):
    mine = layer_of(path)
    allowed = LAYERS[mine] | {mine}
    upwards = [
        f"line {line}: {name}"
        for line, name in imports_of(path)
        if name.split(".")[1] in LAYERS and name.split(".")[1] not in allowed
    ]
    assert not upwards


def test_core_imports_nothing_but_its_own_layer():
    names = {name.split(".")[1] for path in FILES if layer_of(path) == "core" for _, name in imports_of(path)}
    assert names <= {"core"}


# ---------------------------------------------------------------- cost

HEAVY = ("scipy", "statsmodels", "matplotlib", "polars", "pandas", "pyarrow", "duckdb", "pyspark", "sklearn", "jinja2")
PURE = """
import json, sys, warnings
filters = list(warnings.filters)
{code}
heavy = [name for name in {heavy!r} if name in sys.modules]
print(json.dumps(dict(heavy=heavy, filters=filters == warnings.filters, crmrisk=len([m for m in sys.modules if m.startswith("crmrisk")]))))
"""


def test_importing_the_package_imports_nothing_else():
    state = in_fresh_process(PURE.format(code="import crmrisk", heavy=HEAVY))
    assert state == {"heavy": [], "filters": True, "crmrisk": 4}  # itself, its names, core, and how names are found


LIGHT = "import crmrisk as cr\nfrom datetime import date, timedelta\n"


@pytest.mark.parametrize(
    "code",
    [
        "cr.Customer(customer_id='C1', as_of=date(2026, 1, 31))",
        "cr.Portfolio(['C1'], date(2026, 1, 31), {'idle_days': [3]}).customer('C1')",
        "cr.Measure.probability(horizon=timedelta(days=90)); cr.RiskEvent('churn', 'attrition', timedelta(days=90))",
    ],
)
def test_the_core_is_light(code):
    assert in_fresh_process(PURE.format(code=LIGHT + code, heavy=HEAVY))["heavy"] == []


@pytest.mark.parametrize("module", ["crmrisk.evidence", "crmrisk.scoring", "crmrisk.satisfaction", "crmrisk.testing"])
def test_optional_engines_are_imported_for_their_own_frames_only(module):
    optional = ("polars", "duckdb", "pyspark", "matplotlib", "jinja2")
    assert in_fresh_process(PURE.format(code=f"import {module}", heavy=optional))["heavy"] == []


@pytest.mark.parametrize("module", [name for name in MODULES if not name.startswith("crmrisk.evidence.engines.")])
def test_no_module_needs_a_plotting_library_or_an_optional_engine(module):
    optional = {"matplotlib", "jinja2", "polars", "duckdb", "pyspark", "tqdm", "sklearn"}
    path = SOURCE.joinpath(*module.split(".")[1:])
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    imported = {
        alias.name.split(".")[0] if isinstance(node, ast.Import) else (node.module or "").split(".")[0]
        for node in tree_of(file).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert not imported & optional


# ---------------------------------------------------------------- documentation


def documented_objects() -> list[tuple[str, object]]:
    found = {}
    for module in MODULES:
        loaded = importlib.import_module(module)
        for name in getattr(loaded, "__all__", ()):
            value = getattr(loaded, name, None)
            home = getattr(value, "__module__", "")
            if isinstance(value, type | FunctionType) and home.startswith("crmrisk"):
                found[f"{home}.{value.__qualname__}"] = value
    return sorted(found.items())


def needs_no_example(value: object) -> bool:
    """An exception says when it is raised; the tree in its module and the raising functions show it."""
    return isinstance(value, type) and issubclass(value, Exception) and value is not crmrisk.CrmRiskError


@pytest.mark.parametrize(("name", "value"), [pytest.param(*pair, id=pair[0]) for pair in documented_objects()])
def test_public_objects_are_documented_with_an_example(name, value):
    text = inspect.getdoc(value) if "__doc__" in vars(value) or isinstance(value, FunctionType) else ""
    assert text, f"{name} has no docstring"
    first = text.splitlines()[0]
    assert first.endswith((".", ":", "?")), f"the first line is one sentence: {first!r}"
    if not needs_no_example(value):
        _, heading, example = text.partition("Examples\n--------\n")
        assert heading, f"{name} has no Examples section"
        assert ">>>" in example or "See `" in example, f"the Examples of {name} show nothing"


# ---------------------------------------------------------------- size


def functions_of(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of code from the signature's end, without the docstring: a docstring is no complexity."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return 1 if not body else function.body[-1].end_lineno - body[0].lineno + 1


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_modules_and_functions_stay_small(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_MODULE
    long = {
        f"{each.name} ({length_of(each)} lines)" for each in functions_of(path) if length_of(each) > LONGEST_FUNCTION
    }
    assert not long


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_functions_take_few_positional_parameters(path):
    many = {
        each.name
        for each in functions_of(path)
        if len([arg for arg in (*each.args.posonlyargs, *each.args.args) if arg.arg not in {"self", "cls"}])
        > MOST_POSITIONAL
    }
    assert not many


def test_most_functions_are_short():
    lengths = sorted(length_of(each) for path in FILES for each in functions_of(path))
    assert lengths[len(lengths) // 2] <= 6
    assert lengths[len(lengths) * 9 // 10] <= 20


def test_exceptions_to_the_rules_give_their_reason():
    bare = []
    for path in FILES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for mark in ("# noqa", "# type: ignore", "# pyright: ignore"):
                _, found, rest = line.partition(mark)
                if found and not (
                    rest.startswith((": ", "[")) and len(rest.split(maxsplit=2)[-1]) > 8 and " " in rest.strip()
                ):
                    bare.append(f"{name_of(path)}:{number}: {line.strip()}")
    assert not bare


def test_nothing_prints_but_the_command_line():
    printing = [
        f"{name_of(path)}:{node.lineno}"
        for path in FILES
        if layer_of(path) != "cli"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not printing


def test_no_module_holds_mutable_state_by_accident():
    loaded: list[ModuleType] = [importlib.import_module(module) for module in MODULES]
    counters = [
        f"{module.__name__}.{node.names}"
        for module in loaded
        for node in ast.walk(tree_of(Path(module.__file__)))
        if isinstance(node, ast.Global)
    ]
    assert not counters
