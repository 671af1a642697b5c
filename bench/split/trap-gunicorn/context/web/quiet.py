from gunicorn.glogging import Logger as Loud


class Logger(Loud):
    """Says nothing but errors."""
