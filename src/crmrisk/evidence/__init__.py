"""Identify: tables of facts become one row per customer, as of a date, on any dataframe engine."""
