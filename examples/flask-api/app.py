"""Letters to members, filled in from a template."""

import configparser
import string
from pathlib import Path

from flask import Flask, jsonify, request

settings = configparser.ConfigParser()
settings.read("/etc/flask-api.ini")
template = string.Template(Path(__file__).with_name("letter.txt").read_text())

app = Flask(__name__)


@app.get("/health")
def health():
    return jsonify(status="ok", club=settings["letters"]["club"])


@app.get("/letter")
def letter():
    name = request.args.get("name", "member")
    return template.substitute(name=name, club=settings["letters"]["club"])
