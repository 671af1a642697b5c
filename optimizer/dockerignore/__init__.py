"""What a ``.dockerignore`` should keep out of a build context."""
