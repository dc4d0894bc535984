"""Analyse: what customers say: NPS, Kano and the scorers built on them."""
