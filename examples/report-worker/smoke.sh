# Run inside the image, as sh -c: prints the reports, the same for every build that works.
run-reports.sh
gnuplot --version
