"""Rewrites of installs, package indexes and caches."""
