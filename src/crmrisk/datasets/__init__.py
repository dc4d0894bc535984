"""Simulated relationship books whose truth is known: what a model should have said can be compared with what it said.

`simulate_book` draws seven tables of facts and the truth behind them; `Behaviour` and `Segment` set how customers
behave. Nothing here is real data, and nothing real is shipped.
"""

from __future__ import annotations

from crmrisk.datasets.book import Behaviour, SimulatedBook, simulate_book
from crmrisk.datasets.complaining import Complaining
from crmrisk.datasets.defrauding import Defrauding
from crmrisk.datasets.paying import Paying
from crmrisk.datasets.population import SEGMENTS, Segment
from crmrisk.datasets.purchasing import Purchasing, Spending
from crmrisk.datasets.servicing import Servicing
from crmrisk.datasets.surveying import Surveying

__all__ = [
    "SEGMENTS",
    "Behaviour",
    "Complaining",
    "Defrauding",
    "Paying",
    "Purchasing",
    "Segment",
    "Servicing",
    "SimulatedBook",
    "Spending",
    "Surveying",
    "simulate_book",
]
