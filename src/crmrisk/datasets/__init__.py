"""Simulated relationship books whose truth is known."""
