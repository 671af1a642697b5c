"""The older name of the Hugging Face hub's command: see `hf`."""

from . import Tool
from .hf import CACHE

TOOL = Tool(name="huggingface-cli", commands=frozenset(("huggingface-cli",)), caches=(CACHE,))
