// The traces that policies are measured on, by name.
import { join } from "node:path";

import { load, tracesFolder } from "./policy-load.mjs";

/** Submits the same thing every 600 s: nobody should tune to it. */
const robot = "u48";

/** What each is, and who shares nodes. `seeded` ones are drawn anew for each seed. */
export const demands = {
  philly: { says: "Philly, 10 days, without the robot u48", pools: "user", file: "philly_10d.csv.gz" },
  "philly-robot": { says: "Philly, 10 days, with the robot", pools: "user", file: "philly_10d.csv.gz" },
  "philly-group": { says: "Philly, 10 days, without u48, pools by group", pools: "group", file: "philly_10d.csv.gz" },
  "philly-12w": { says: "Philly, 12 weeks, passed jobs only", pools: "user", file: "philly_pass_12w.csv.gz" },
  openb: { says: "Alibaba openb, 34 days, pools by class", pools: "group", file: "alibaba_openb2023.csv.gz" },
  resampled: {
    says: "40 users drawn from Philly, pools by user",
    pools: "user",
    file: "philly_10d.csv.gz",
    seeded: true,
  },
  teams: {
    says: "10 to 50 users drawn from Philly, one pool for all",
    pools: "shared",
    file: "philly_10d.csv.gz",
    seeded: true,
  },
  generated: { says: "generated team of 12, 28 days, pools by user", pools: "user", seeded: true },
  "generated-shared": { says: "generated team of 12, 28 days, one pool for all", pools: "shared", seeded: true },
};

export function isThere(name) {
  return demands[name].file === undefined || tracesFolder() !== undefined;
}

export async function demandOf(name, seed = 1) {
  const { file } = demands[name];
  if (file === undefined) {
    const { generateTrace } = await load("generate-trace");
    return generateTrace({ seed, users: 12, days: 28 });
  }
  const [{ readTraceFile }, { withoutUsers }] = [await load("read-trace"), await load("subsets")];
  const { trace } = await readTraceFile(join(tracesFolder(), file));
  const kept = name !== "philly-robot" && trace.users.includes(robot) ? withoutUsers(trace, [robot]) : trace;
  if (name === "resampled") return (await load("resample")).resample(kept, { users: 40, seed });
  if (name === "teams") return (await load("resample")).smallTeams(kept, { seeds: [seed] })[0].trace;
  return kept;
}

export async function ratesOf(file) {
  const { readTraceFile } = await load("read-trace");
  return (await readTraceFile(join(tracesFolder(), file))).trace;
}
