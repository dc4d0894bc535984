"""The assessments of several risks: the register, each customer over all risks, and the loss of the whole book."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from crmrisk.assessment.losses import portfolio_loss
from crmrisk.assessment.overall import OverallRisk
from crmrisk.assessment.register import RiskRegister
from crmrisk.core.errors import CompositionError, Problem
from crmrisk.core.levels import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from crmrisk.assessment.assessments import Assessments
    from crmrisk.assessment.losses import LossDistribution
    from crmrisk.core.portfolio import Portfolio
    from crmrisk.core.segments import Segments

__all__ = ["ProgrammeAssessments"]


@dataclass(frozen=True, repr=False)
class ProgrammeAssessments:
    """Hold the assessments of several risks of the same customers.

    Parameters
    ----------
    assessments
        One per risk, over one portfolio.

    Raises
    ------
    CompositionError
        If they are not over one portfolio.

    Examples
    --------
    See `crmrisk.RiskProgramme`.
    """

    assessments: tuple[Assessments, ...]

    def __post_init__(self) -> None:
        if not self.assessments or any(each.portfolio is not self.portfolio for each in self.assessments):
            raise CompositionError(Problem(what="assessments of several portfolios", where="ProgrammeAssessments"))

    @property
    def portfolio(self) -> Portfolio:
        """The customers."""
        return self.assessments[0].portfolio

    @property
    def currency(self) -> str:
        """The unit of money."""
        return self.assessments[0].pipeline.specification.criteria.currency

    @property
    def events(self) -> tuple[str, ...]:
        """The names of the risks, in the programme's order."""
        return tuple(each.pipeline.specification.event.name for each in self.assessments)

    def __iter__(self) -> Iterator[Assessments]:
        return iter(self.assessments)

    def __len__(self) -> int:
        return len(self.assessments)

    def __getitem__(self, event: str) -> Assessments:
        """Return the assessments of one risk, by the name of its event."""
        if event not in self.events:
            raise CompositionError(Problem(what="no such risk", where=repr(event), allowed=", ".join(self.events)))
        return self.assessments[self.events.index(event)]

    def __repr__(self) -> str:
        return f"ProgrammeAssessments of {', '.join(self.events)}\n{self.register()}"

    def _repr_html_(self) -> str:
        return self.register().to_html()

    def frame(self) -> pd.DataFrame:
        """Return a pandas frame, one row per customer and risk."""
        import pandas as pd  # noqa: PLC0415 - a heavy import that only this call needs

        return pd.concat([each.frame() for each in self.assessments], ignore_index=True)

    def register(self, *, label: str = "segment", segments: Segments | None = None) -> RiskRegister:
        """List the risks as ISO 31000 records them: one line per risk and segment.

        Parameters
        ----------
        label
            The label that splits the customers; a portfolio without it gives one line per risk.
        segments
            What splits them instead: what any segmenter says of the same customers.

        Returns
        -------
        The register.

        Raises
        ------
        PortfolioError
            If the segments are of other customers.
        """
        return RiskRegister.of(self.assessments, label=label, segments=segments)

    def customers(self) -> OverallRisk:
        """Add up each customer over all risks.

        Returns
        -------
        Overall level, Fréchet bounds of the probability of any event, and total expected loss, ``(n_customers,)``.

        Raises
        ------
        CompositionError
            If the risks have different horizons: a sum of them would speak of no time span.
        """
        self._one_horizon()
        return self._overall

    def _one_horizon(self) -> None:
        horizons = {each.pipeline.specification.event.horizon for each in self.assessments}
        if len(horizons) > 1:
            raise CompositionError(
                Problem(
                    what="risks over different horizons do not add up",
                    where="ProgrammeAssessments",
                    allowed="one horizon",
                    got=", ".join(str(horizon) for horizon in sorted(horizons)),
                    remedy="read them in the register, line by line, or give their events one horizon",
                )
            )

    @cached_property
    def _overall(self) -> OverallRisk:
        stages = [each.current for each in self.assessments]
        codes = np.stack([stage.codes for stage in stages], axis=1)
        return OverallRisk.of(
            self.portfolio,
            likelihood=np.stack([stage.likelihood for stage in stages], axis=1),
            expected_loss=np.stack([stage.expected_loss for stage in stages], axis=1),
            codes=np.clip(codes, 0, len(LEVELS) - 1),
            currency=self.currency,
        )

    def portfolio_loss(
        self,
        *,
        correlation: float = 0.0,
        residual: bool = False,
        rng: np.random.Generator | None = None,
    ) -> LossDistribution:
        """Compute the distribution of the loss of the whole book over all risks.

        Every rated (customer, risk) pair is a loss that occurs or not; a one-factor Gaussian copula makes them depend.

        Parameters
        ----------
        correlation
            The asset correlation of the common factor, in [0, 1); 0 is independence.
        residual
            Whether to take the risks after the planned controls.
        rng
            Where the method draws, see `crmrisk.assessment.losses.portfolio_loss`.

        Returns
        -------
        The distribution, with value at risk and expected shortfall.

        Raises
        ------
        InvalidValueError
            If the correlation is outside [0, 1).
        CompositionError
            If the risks have different horizons.
        """
        self._one_horizon()
        stages = [each.residual if residual else each.current for each in self.assessments]
        likelihood = np.concatenate([stage.likelihood for stage in stages])
        consequence = np.concatenate([stage.consequence for stage in stages])
        return portfolio_loss(likelihood, consequence, correlation=correlation, rng=rng)
