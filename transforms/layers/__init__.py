"""Rewrites of RUNs that store a file twice."""
