"""Quotes a name as PostgreSQL does; no server is needed for that."""
import click
import psycopg2.extensions


@click.command()
@click.argument("name", default="O'Hara")
def main(name: str) -> None:
    click.echo(psycopg2.extensions.QuotedString(name).getquoted().decode())
    click.echo(psycopg2.extensions.libpq_version() > 150000)


if __name__ == "__main__":
    main()
