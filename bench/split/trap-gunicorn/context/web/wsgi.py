import importlib

from markupsafe import escape

PAGES = "web.pages"


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    page = importlib.import_module(PAGES)
    return [f"{escape(page.TITLE)} {type(environ['gunicorn.socket']).__module__}\n".encode()]
