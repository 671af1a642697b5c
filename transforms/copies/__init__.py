"""Rewrites of what COPY and ADD bring."""
