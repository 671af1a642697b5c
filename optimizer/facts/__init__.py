"""What holds at each instruction of a Dockerfile: stages, paths, the build context, effects."""
