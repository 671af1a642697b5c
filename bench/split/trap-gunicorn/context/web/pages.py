from pathlib import Path

TITLE = (Path(__file__).parent / "title.txt").read_text().strip()
