"""Analyse: who belongs together: RFM, tiers, tags, clusters, baskets, and how customers migrate between them."""
