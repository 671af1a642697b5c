const http = require("http");
const notes = require("./dist/notes.json");

const server = http.createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ path: request.url, notes }));
});

server.listen(process.env.PORT || 3000);
