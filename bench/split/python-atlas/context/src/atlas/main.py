"""Lists the places of the atlas, which lies beside this file."""
import pathlib
import sys

from packaging.version import Version

from atlas import _xml


def main() -> None:
    if sys.argv[1:] == ["--list"]:
        print(_xml.names(str(pathlib.Path(__file__).parent / "data" / "places.xml")))
    print(Version("0.4.0").minor)
