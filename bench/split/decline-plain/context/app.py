import subprocess

import click

click.echo(subprocess.run(["jq", "-c", ".a"], input=b'{"a": 1}', capture_output=True, check=True).stdout.decode(), nl=False)
