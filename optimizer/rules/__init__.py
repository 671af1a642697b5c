"""Findings, the table of rules, suppressing comments, and the engine that applies them."""
