"""Analyse: scorers of likelihood and of consequence."""
