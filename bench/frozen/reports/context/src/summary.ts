import { readFileSync } from "fs";
import { join } from "path";
import { format } from "date-fns";
import _ from "lodash";

interface Sale {
  day: string;
  region: string;
  cents: number;
}

const sales: Sale[] = JSON.parse(readFileSync(join(__dirname, "..", "data", "sales.json"), "utf8"));

export function summary(year: number): Record<string, string> {
  const ofYear = sales.filter((sale) => format(new Date(sale.day), "yyyy") === String(year));
  return _.mapValues(_.groupBy(ofYear, "region"), (list) => (_.sumBy(list, "cents") / 100).toFixed(2));
}
