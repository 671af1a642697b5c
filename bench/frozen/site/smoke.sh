start &
sleep 2
curl -fs http://localhost:8000/
curl -fs http://localhost:8000/page.js | wc -c
kill $!
id -un; pwd
stat -c '%U:%G %a %n' . server.js public/page.js node_modules node_modules/marked/package.json /usr/local/bin/start
ls -A
ls node_modules
find . -name '*.map' | wc -l
cd /home/site/plugins && node -e 'console.log(require("highlight.js").listLanguages().length)'
stat -c '%U:%G %a %n' . node_modules
