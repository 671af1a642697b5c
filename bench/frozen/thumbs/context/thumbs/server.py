"""Serves the photos, each as a small picture."""

import io
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import netifaces
from PIL import Image

PHOTOS = Path(__file__).parents[1] / "photos"
CACHE = Path(__file__).parents[1] / "cache"


def thumbnail(name):
    CACHE.mkdir(exist_ok=True)
    small = CACHE / f"{name}.png"
    if not small.exists():
        with Image.open(PHOTOS / f"{name}.ppm") as picture:
            picture.thumbnail((64, 64))
            data = io.BytesIO()
            picture.save(data, "PNG")
        small.write_bytes(data.getvalue())
    return small.read_bytes()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        name = os.path.basename(self.path)
        if name == "health":
            body = b"ok"
        elif (PHOTOS / f"{name}.ppm").exists():
            body = thumbnail(name)
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    print("on", netifaces.interfaces()[0], flush=True)
    ThreadingHTTPServer(("", 8000), Handler).serve_forever()
