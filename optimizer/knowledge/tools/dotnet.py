"""The .NET SDK's NuGet (manual: learn.microsoft.com, *Managing the global packages and cache folders*).

What ``dotnet build`` makes for early versions of .NET Core loads its libraries from the cache; what ``dotnet publish``
makes has them beside it.
"""

import re

from . import Cache, Configuration, Tool

_HOME = "/{root,home/*}"

TOOL = Tool(
    name="dotnet",
    configurations=(
        Configuration(
            r"(?i)(?:^|/)nuget\.config$|\.(?:cs|fs|vb)proj$|\.props$",
            rb"(?i)globalPackagesFolder|RestorePackagesPath|\.nuget|fallbackPackageFolders",
        ),
    ),
    commands=frozenset(("dotnet",)),
    caches=(
        Cache(
            paths=(f"{_HOME}/.nuget/packages/**", f"{_HOME}/.local/share/NuGet/**", "/tmp/NuGetScratch*/**"),
            fills=frozenset(("restore", "build", "publish")),
            clear="{name} nuget locals all --clear",
            cleared_by=frozenset(("nuget locals",)),
            cleared_text=re.compile(rb"(?i)nuget|^/root/?\*?$"),
            without=("--no-restore", "--packages", "--help", "-h"),
            settled=re.compile(rb"(?i)\.nuget\b|NUGET_|nuget locals|RestorePackagesPath"),
            read_by=frozenset(
                (b"restore", b"build", b"publish", b"run", b"test", b"watch", b"pack", b"msbuild", b"ef")
            ),
            doubt="what dotnet builds may load its libraries from there",
            doubt_unless=frozenset(("publish",)),
        ),
    ),
)
