// Turn notes.md into a list that the server can answer from.
const fs = require("fs");
const notes = fs
  .readFileSync("notes.md", "utf8")
  .split("\n")
  .filter((line) => line.startsWith("- "))
  .map((line) => line.slice(2));
fs.mkdirSync("dist", { recursive: true });
fs.writeFileSync("dist/notes.json", JSON.stringify(notes));
