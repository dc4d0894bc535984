"""Reliability of scales: alpha and omega side by side."""
