const { createServer } = require("http");
const { readFileSync } = require("fs");
const { marked } = require("marked");
const { from, map, toArray } = require("rxjs");

const pages = JSON.parse(readFileSync("pages.json", "utf8"));
createServer((request, response) => {
  if (request.url === "/page.js") return response.end(readFileSync("public/page.js"));
  from(pages).pipe(map((page) => marked.parse(page)), toArray()).subscribe((list) => response.end(list.join("")));
}).listen(8000);
