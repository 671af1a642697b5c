"""Rewrites of stages and their base images."""
