"""Makes a repository, and a report of its history by other programs."""
import os
import shlex
import subprocess
import tempfile

import markupsafe

TOOLS = {"vcs": "git", "query": "jq"}
NOBODY = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a"}


def run(words: list[str], text: str = "") -> str:
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=True, env={**os.environ, **NOBODY})
    return done.stdout


with tempfile.TemporaryDirectory() as place:
    vcs = [TOOLS["vcs"], "-C", place]
    run([*vcs, "init", "-q"])
    run([*vcs, "commit", "-q", "--allow-empty", "-m", "<first>"])
    title = run([*vcs, "log", "--format=%s"]).strip()
print(markupsafe.escape(title))
print(run([TOOLS["query"], "-r", ".a"], '{"a": 7}'), end="")
print(os.popen("echo 1 2 3 | " + shlex.join(["g" + "awk", "{ print $2 }"])).read(), end="")
