"""Building Dockerfiles with the engine that is there, and proving two of them equivalent."""
