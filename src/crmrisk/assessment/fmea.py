"""Failure mode and effects analysis: the risk priority number, and the expected loss that says more.

The risk priority number multiplies three ranks, so only 120 of the 1000 values exist and equal numbers may stand for
very different losses. It is offered to those who must report it. The residual expected loss carries the same three
thoughts, and controllability, in money.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmrisk.assessment.pairs import Column, checked

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from crmrisk.core.arrays import FloatArray

__all__ = ["residual_expected_loss", "risk_priority_number"]


def risk_priority_number(severity: ArrayLike, occurrence: ArrayLike, detection: ArrayLike) -> FloatArray:
    """Return the risk priority number: severity times occurrence times detection.

    Parameters
    ----------
    severity
        Rank of the impact, whole numbers 1 to 10, of any shape; NaN is unrated.
    occurrence
        Rank of the frequency, 1 to 10.
    detection
        Rank of how hard it is to foresee, 1 (certain to be seen) to 10.

    Returns
    -------
    Numbers 1 to 1000 of the broadcast shape; NaN where a rank is missing.

    Raises
    ------
    InvalidValueError
        If a rank is no whole number from 1 to 10, or the shapes do not fit.

    References
    ----------
    IEC 60812:2018, Failure modes and effects analysis.

    Examples
    --------
    >>> risk_priority_number([7, 10], [3, 1], [5, 2])
    array([105.,  20.])
    """
    ranks = (("severity", severity), ("occurrence", occurrence), ("detection", detection))
    s, o, d = checked(*(Column(where, values, 1.0, 10.0, whole=True) for where, values in ranks))
    return s * o * d


def residual_expected_loss(
    likelihood: ArrayLike, loss: ArrayLike, predictability: ArrayLike, controllability: ArrayLike
) -> FloatArray:
    """Return the expected loss that warning and control leave: f L (1 - pi kappa).

    Parameters
    ----------
    likelihood
        Probability or yearly frequency f, >= 0, of any shape; NaN is unrated.
    loss
        Loss L if it happens, >= 0 [currency].
    predictability
        Probability pi in [0, 1] of a warning in time.
    controllability
        Share kappa in [0, 1] of the loss that can be avoided once warned.

    Returns
    -------
    Losses of the broadcast shape [currency]; NaN where a number is missing.

    Raises
    ------
    InvalidValueError
        If a number is out of range, or the shapes do not fit.

    Examples
    --------
    >>> float(residual_expected_loss(0.2, 1000.0, predictability=0.5, controllability=0.8))
    120.0
    """
    frequency, amount, warned, avoidable = checked(
        Column("likelihood", likelihood),
        Column("loss", loss),
        Column("predictability", predictability, le=1.0),
        Column("controllability", controllability, le=1.0),
    )
    return frequency * amount * (1.0 - warned * avoidable)
