"""The command of the Hugging Face hub (manual: huggingface.co, *Manage huggingface_hub cache-system*, *Xet*).

What is cleared is the cache of pieces with which Xet fetches; models and data sets lie elsewhere, and stay.
"""

import re

from . import Cache, Tool

#: The one of the command's older name is the same.
CACHE = Cache(
    paths=("/{root,home/*}/.cache/huggingface/xet/**",),
    fills=frozenset(("download", "snapshot")),
    clear="rm -rf ~/.cache/huggingface/xet",
    cleared_text=re.compile(rb"huggingface|\.cache/?\*?$|^/root/?\*?$"),
    settled=re.compile(rb"HF_HOME|HF_XET|HF_HUB_DISABLE_XET|XDG_CACHE|huggingface/xet"),
)

TOOL = Tool(name="hf", commands=frozenset(("hf",)), caches=(CACHE,))
