"""mamba (manual: mamba.readthedocs.io): conda's subcommands, options and package cache."""

from .conda import TOOL as CONDA

TOOL = CONDA._replace(name="mamba", commands=frozenset(("mamba",)))
