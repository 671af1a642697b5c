"""Texts with holes, for Jinja2."""
