"""Sphinx configuration: `sphinx-build -W -b html docs docs/_build`. Everything works offline.

pytest imports this file while it looks for doctests, so Sphinx and docutils are imported only where they are used.
"""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from types import GenericAlias
from typing import TYPE_CHECKING, Any

import crmrisk
from crmrisk._exports import HOMES

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "crmrisk"
author = "The crmrisk developers"
copyright = "The crmrisk developers"
version = release = crmrisk.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_nb",
]
exclude_patterns = ["_build", "jupyter_execute", "_templates"]
templates_path = ["_templates"]
default_role = "py:obj"

autosummary_generate = True
autodoc_typehints = "signature"
autodoc_member_order = "groupwise"
autodoc_preserve_defaults = True
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
numpydoc_xref_param_type = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True

html_theme = "pydata_sphinx_theme"
html_title = f"crmrisk {release}"
html_static_path = ["_static"]
html_css_files = ["tables.css"]
html_show_sourcelink = False
html_math_renderer = "mathml"
html_theme_options: dict[str, Any] = {
    "navbar_align": "left",
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
}

_HERE = Path(__file__).parent


def _public_names() -> str:
    """List every name of `import crmrisk as cr`, by the module that defines it."""
    lines = ["| name | what it does |", "| --- | --- |"]
    for name in sorted(name for names in HOMES.values() for name in names):
        thing = getattr(crmrisk, name)
        first = (inspect.getdoc(thing) or "").split("\n", 1)[0].replace("|", r"\|").replace("`", "")
        lines.append(f"| {{py:obj}}`cr.{name} <{thing.__module__}.{thing.__qualname__}>` | {first} |")
    return "\n".join(lines) + "\n"


def _write_public_names(_app: Sphinx) -> None:
    path = _HERE / "reference" / "generated" / "names.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_public_names(), encoding="utf-8")


def _mathml(translator: Any, node: Any, *, block: bool) -> None:
    """Write a formula as MathML, which browsers draw without a script and without the network."""
    from docutils.nodes import SkipNode  # noqa: PLC0415 - Sphinx is no dependency of the tests
    from docutils.utils.math.latex2mathml import tex2mathml  # noqa: PLC0415 - same

    translator.body.append(tex2mathml(node.astext(), as_block=block))
    raise SkipNode


def _skip_alias(_app: Sphinx, _what: str, _name: str, thing: Any, skip: bool, _options: Any) -> bool:  # noqa: FBT001 - autodoc's signature
    """Leave out type aliases such as arrays of codes: they name a type, and document nothing."""
    return skip or isinstance(thing, GenericAlias)


@cache
def _meant(module: str) -> dict[str, str]:
    """Map the names a module writes to what they mean: its own aliases, and what it imports, for types only too."""
    path = getattr(sys.modules.get(module), "__file__", None)
    if path is None:
        return {}
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    targets = [each.targets[0] if isinstance(each, ast.Assign) else getattr(each, "target", None) for each in tree.body]
    own = {each.id: f"{module}.{each.id}" for each in targets if isinstance(each, ast.Name)}
    imports = (each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom))
    return own | {
        name.asname or name.name: _home(each.module or "", name.name) for each in imports for name in each.names
    }


def _home(module: str, name: str) -> str:
    """Return where a class is written, and so documented, if a package only passes it on."""
    thing = getattr(import_module(module), name, None) if module.startswith("crmrisk") else None
    return f"{thing.__module__}.{thing.__qualname__}" if inspect.isclass(thing) else f"{module}.{name}"


def _qualify(_app: Sphinx, document: Any) -> None:
    """Say which of several classes of one name a signature means: the one that its module means."""
    from sphinx.addnodes import desc_signature, pending_xref  # noqa: PLC0415 - Sphinx is no dependency of the tests

    for signature in document.findall(desc_signature):
        shown = sys.modules.get(signature.get("module") or "")
        thing = getattr(shown, (signature.get("fullname") or "").split(".")[0], None)
        names = _meant(getattr(thing, "__module__", None) or "")
        for node in signature.findall(pending_xref):
            node["reftarget"] = names.get(node["reftarget"], node["reftarget"])


def _compile_templates_once() -> None:
    """Let numpydoc keep its environment: it makes one, and compiles its template in it, for every docstring."""
    import numpydoc.docscrape_sphinx as numpydoc_pages  # noqa: PLC0415 - Sphinx is no dependency of the tests

    make = numpydoc_pages.SandboxedEnvironment
    kept: list[Any] = []

    def environment(loader: Any) -> Any:
        if not kept:
            kept.append(make(loader=loader))
        return kept[0]

    numpydoc_pages.SandboxedEnvironment = environment


def setup(app: Sphinx) -> None:
    """Register what Sphinx does not have itself."""
    _compile_templates_once()
    app.add_html_math_renderer(
        "mathml",
        inline_renderers=(lambda translator, node: _mathml(translator, node, block=False), None),
        block_renderers=(lambda translator, node: _mathml(translator, node, block=True), None),
    )
    app.connect("autodoc-skip-member", _skip_alias)
    app.connect("builder-inited", _write_public_names)
    app.connect("doctree-read", _qualify)
