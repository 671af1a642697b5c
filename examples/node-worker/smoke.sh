# Run inside the image, as sh -c: prints the plan, and which modules are there, the same for every build that works.
node worker.js
semver -r '>=1' 1.2.3
/healthcheck.sh && echo healthy
ls node_modules
