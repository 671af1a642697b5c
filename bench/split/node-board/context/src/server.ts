import { readFileSync } from "fs";
import { createServer } from "http";
import { join } from "path";

const mime = require("mime");
const semver = require("semver");
const greeting = readFileSync(join(__dirname, "..", "assets", "greeting.txt"), "utf8").trim();

createServer((request, response) => {
  if (request.url === "/page.js") {
    response.setHeader("Content-Type", mime.getType("page.js"));
    response.end(readFileSync(join(__dirname, "public", "page.js")));
  } else {
    response.end(`${greeting} ${semver.inc("1.2.3", "minor")} ${process.env.NODE_ENV}\n`);
  }
}).listen(3000);
