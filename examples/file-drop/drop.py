"""Serves the files of a folder, with a list of them on the first page."""

import configparser
import http.server
import pathlib
import string

HERE = pathlib.Path(__file__).parent
settings = configparser.ConfigParser()
settings.read(HERE / "drop.ini")


class Drop(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/":
            return super().do_GET()
        names = sorted(path.name for path in (HERE / "assets").iterdir())
        page = string.Template(pathlib.Path("/srv/templates/index.html").read_text())
        body = page.substitute(title=settings["drop"]["title"], names=", ".join(names)).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("", 8080), Drop).serve_forever()
