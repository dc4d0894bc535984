"""Loyalty: who buys again, who stays, and what of the revenue does; every figure with its exposure and interval."""
