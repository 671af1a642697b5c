const assert = require("assert");
const plan = require("./worker");

it("puts the jobs in order", () => {
  assert.match(plan(require("./jobs.json"))[0], /close the books/);
});
