"""An example plugin for crmrisk: one scorer, its registration and its tests."""

from .payment_delay import PaymentDelayScorer

__all__ = ["PaymentDelayScorer"]
