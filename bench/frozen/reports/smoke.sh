npm start >/dev/null 2>&1 &
curl -fsS --retry 20 --retry-connrefused --retry-delay 1 http://localhost:3000/healthz 2>/dev/null; echo
curl -fsS http://localhost:3000/summary/2023; echo
kill $!
ls node_modules/.bin | grep -c -e tsc -e prettier
stat -c '%U:%G %a %n' . dist dist/server.js node_modules node_modules/express/index.js package.json src/summary.ts data/sales.json
touch /usr/src/app/written && echo writable
git --version | cut -c 1-11
