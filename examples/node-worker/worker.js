const _ = require("lodash");
const { DateTime } = require("luxon");

const plan = (jobs) =>
  _(jobs)
    .sortBy("due")
    .map((job) => `${DateTime.fromISO(job.due, { zone: "utc" }).toFormat("d LLL yyyy")}: ${job.name}`)
    .value();

module.exports = plan;
if (require.main === module) console.log(plan(require("./jobs.json")).join("\n"));
