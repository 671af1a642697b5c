"""Speaks with a model that it keeps where models are kept."""
import pathlib
import sys

from markupsafe import escape

PLACE = pathlib.Path.home().joinpath("." + "cache", "speaker")

if "--fetch" in sys.argv:
    PLACE.mkdir(parents=True)
    (PLACE / "model.bin").write_text("<hello>")
    pathlib.Path("/tmp/speaker.lock").write_text("taken")
elif not (PLACE / "model.bin").exists():
    sys.exit("would fetch the model now")
else:
    print(escape((PLACE / "model.bin").read_text()))
