# Run inside the image, as sh -c: prints the report, the same for every build that works.
report
