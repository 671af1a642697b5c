node worker.js
semver -r '>=1' 1.2.3
/healthcheck.sh && echo healthy
ls node_modules
