"""Evaluate: criteria, the risk matrix, pipelines, programmes and the register."""
