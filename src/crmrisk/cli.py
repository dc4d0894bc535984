"""The command line: ``crmrisk demo | assess | backtest | scorers | segmenters``, the only part that prints."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmrisk.core.errors import CrmRiskError, InvalidValueError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from crmrisk.assessment import Assessments
    from crmrisk.evidence import Evidence

__all__ = ["main"]

TABLES = ("customers", "transactions", "complaints", "surveys", "payments", "service", "incidents", "renewals")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments
        What the shell passes; ``None`` reads it.

    Returns
    -------
    0, or 2 where crmrisk refused what it was given.

    Examples
    --------
    >>> main(["scorers"])  # doctest: +ELLIPSIS
    crmrisk.attrition
    ...
    0
    """
    parsed = _parser().parse_args(arguments)
    try:
        parsed.run(parsed)
    except CrmRiskError as error:
        sys.stderr.write(f"crmrisk: {error}\n")
        return 2
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="crmrisk", description="Assess customer-relationship risk, and prove it.")
    commands = parser.add_subparsers(required=True, metavar="command")
    demo = _command(commands, "demo", _demo, "assess three risks of a simulated book, and back-test one")
    demo.add_argument("--customers", type=int, default=3_000, help="how many to simulate (default: 3000)")
    demo.add_argument("--out", type=Path, default=Path("crmrisk-demo"), help="folder to write to")
    assess = _command(commands, "assess", _assess, "assess customers with a saved, fitted pipeline or programme")
    _add_evidence(assess)
    assess.add_argument("--as-of", required=True, type=datetime.fromisoformat, help="e.g. 2026-01-31")
    assess.add_argument("--out", required=True, type=Path, help=".parquet, .csv or .jsonl")
    test = _command(commands, "backtest", _backtest, "back-test a saved pipeline (fitted or not)")
    _add_evidence(test)
    test.add_argument(
        "--cutoff", required=True, action="append", type=datetime.fromisoformat, help="repeat for several"
    )
    for each in ("scorers", "segmenters"):
        list_ = _command(commands, each, _components, f"list the installed {each}, built-in and plugged in")
        list_.set_defaults(group=f"crmrisk.{each}")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], None],
    text: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    return command


def _add_evidence(command: argparse.ArgumentParser) -> None:
    command.add_argument("model", type=Path, help="a .crmrisk file")
    for table in TABLES:
        command.add_argument(f"--{table}", type=Path, help=f"the {table}: .parquet or .csv")
    command.add_argument(
        "--rename", action="append", default=[], help="transactions.InvoiceDate=at; repeat for several"
    )
    command.add_argument("--exclude-unidentified", action="store_true", help="leave out records without a customer")
    command.add_argument("--observed-until", type=datetime.fromisoformat, help="everything up to then is recorded")


def _demo(parsed: argparse.Namespace) -> None:
    import numpy as np  # noqa: PLC0415 - only this command needs it

    from crmrisk.demonstration import run_demonstration, write_assessments  # noqa: PLC0415 - only this command needs it

    found = run_demonstration(n_customers=parsed.customers)
    table, lines = write_assessments(found.assessed, parsed.out)
    loss = found.assessed.portfolio_loss(correlation=0.05, rng=np.random.default_rng(1))
    _print("A simulated book; every name and number is made up.\n")
    for risk in found.assessed:
        _print(f"{risk.summary()}\n")
    _print(f"Risk register, costliest first\n{found.assessed.register()}\n")
    _print(
        f"Loss of the whole book in a quarter [{found.assessed.currency}]: {loss.mean:,.0f} expected, "
        f"{loss.value_at_risk(0.95):,.0f} at most in 19 of 20, {loss.expected_shortfall(0.95):,.0f} on average beyond\n"
    )
    _print(f"Was the churn score right? Back-test at {len(found.proof)} past cutoffs\n{found.proof}\n")
    _print(f"Written: {table} and {lines}")


def _assess(parsed: argparse.Namespace) -> None:
    from crmrisk.core.saved import load  # noqa: PLC0415 - only this command needs it

    model = load(parsed.model)
    if not hasattr(model, "assess"):
        raise InvalidValueError(
            Problem(what="not a fitted pipeline or programme", where=str(parsed.model), got=type(model).__name__)
        )
    evidence = _evidence(parsed)
    assessed = model.assess(evidence, parsed.as_of) if hasattr(model, "pipelines") else None
    risks = tuple(assessed) if assessed is not None else (model.assess(evidence.portfolio(parsed.as_of)),)
    _write(risks, parsed.out)
    for risk in risks:
        _print(str(risk.summary()))


def _backtest(parsed: argparse.Namespace) -> None:
    from crmrisk.core.saved import load  # noqa: PLC0415 - only this command needs it
    from crmrisk.proof import backtest  # noqa: PLC0415 - only this command needs it

    model = load(parsed.model)
    pipeline = getattr(model, "specification", model)
    if not hasattr(pipeline, "fit_as_of"):
        raise InvalidValueError(Problem(what="not a pipeline", where=str(parsed.model), got=type(model).__name__))
    _print(str(backtest(pipeline, _evidence(parsed), parsed.cutoff)))


def _components(parsed: argparse.Namespace) -> None:
    from crmrisk.core.registry import component_names  # noqa: PLC0415 - only two commands need it

    for name in component_names(parsed.group):
        _print(name)


def _evidence(parsed: argparse.Namespace) -> Evidence:
    from crmrisk.evidence import Evidence  # noqa: PLC0415 - heavy, and only two commands need it

    paths = {table: getattr(parsed, table) for table in TABLES if getattr(parsed, table) is not None}
    rename = _renames(parsed.rename)
    tables: dict[str, Any] = {table: _read(table, path, rename.get(table, {})) for table, path in paths.items()}
    return Evidence(
        **tables,
        rename=rename,
        unidentified="exclude" if parsed.exclude_unidentified else "error",
        observed_until=parsed.observed_until,
    )


def _renames(given: Sequence[str]) -> dict[str, dict[str, str]]:
    """Read ``table.column=name`` options."""
    renames: dict[str, dict[str, str]] = {}
    for text in given:
        place, _, name = text.partition("=")
        table, _, column = place.partition(".")
        if not (table and column and name):
            raise InvalidValueError(
                Problem(what="not a renaming", where="--rename", allowed="transactions.InvoiceDate=at", got=text)
            )
        renames.setdefault(table, {})[column] = name
    return renames


def _read(table: str, path: Path, rename: Mapping[str, str]) -> pd.DataFrame:
    """Read one table; a text file does not say what is a time or an identifier, the schema does."""
    import pandas as pd  # noqa: PLC0415 - heavy, and only two commands need it

    from crmrisk.evidence.schemas import ColumnType, schema_of  # noqa: PLC0415 - only two commands need it

    if path.suffix not in {".parquet", ".csv"}:
        raise InvalidValueError(Problem(what="a kind not read here", where=str(path), allowed=".parquet, .csv"))
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        types = {column.name: column.type for column in schema_of(table).columns}
        found = {name: types.get(rename.get(name, name)) for name in pd.read_csv(path, nrows=0).columns}
        times = [name for name, kind in found.items() if kind is ColumnType.TIME]
        texts = {name: "string" for name, kind in found.items() if kind is ColumnType.ID}
        return pd.read_csv(path, dtype=texts, parse_dates=times)
    except (OSError, ValueError, ArithmeticError) as error:  # pandas and pyarrow both raise kinds of ValueError
        raise InvalidValueError(Problem(what="cannot be read", where=str(path), got=str(error)[:200])) from error


def _write(risks: Sequence[Assessments], path: Path) -> None:
    import pandas as pd  # noqa: PLC0415 - only this command needs it

    if path.suffix not in {".parquet", ".csv", ".jsonl"}:
        raise InvalidValueError(Problem(what="unknown kind of file", where=str(path), allowed=".parquet, .csv, .jsonl"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".jsonl":
            path.write_text("".join(f"{line}\n" for risk in risks for line in risk.json_lines()), encoding="utf-8")
            return
        frame = pd.concat([risk.frame() for risk in risks], ignore_index=True)
        frame.to_parquet(path, index=False) if path.suffix == ".parquet" else frame.to_csv(path, index=False)
    except OSError as error:
        raise InvalidValueError(Problem(what="cannot be written", where=str(path), got=str(error))) from error


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
