"""The files that set a repository up for dfopt."""
