node dist/server.js &
node -e '
const get = (path, tries) => fetch("http://127.0.0.1:3000" + path)
  .then(async (r) => console.log(r.status, r.headers.get("content-type"), await r.text()))
  .catch((e) => tries ? new Promise((done) => setTimeout(done, 200)).then(() => get(path, tries - 1)) : console.log(String(e)));
get("/", 50).then(() => get("/page.js", 5));'
kill $!
id -un
