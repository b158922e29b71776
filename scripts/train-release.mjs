#!/usr/bin/env node
// Trains the release policy's model of gaps: npm run train:release [-- --check] [--traces DIR]
// Data: Philly (10 days, without the robot u48), as pools of users, groups and all; openb, as pools of groups. First it is
// scored on what it was not trained on (users, and users and days), then it is trained on everything and written to
// src/policy/release/trained-model.ts. The same data and seed give the same weights. `--check` only scores.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { buildModules, loadModule } from "./built-modules.mjs";
import { boost } from "./train-release-boosting.mjs";
import { gapRows } from "./train-release-gaps.mjs";
import { moduleOf, packed } from "./train-release-weights.mjs";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({
  options: { traces: { type: "string", default: join(root, "..", "shared", "traces") }, check: { type: "boolean" } },
});
const seed = 9;
const robot = "u48";
const day = 86_400;
const modules = await builtModules();
const settings = {
  buckets: modules.bucketCount,
  trees: 100,
  depth: 3,
  rate: 0.1,
  shared: 5,
  own: 5,
  smoothing: 5,
  groups: 4,
  bins: 32,
  shareOfFeatures: 0.5,
};
const files = { philly: "philly_10d.csv.gz", openb: "alibaba_openb2023.csv.gz" };
const philly = await traceOf(files.philly);
const openb = await traceOf(files.openb);

const scored = gapRows(modules, philly, { tenant: "user", keepUser: (user) => user !== robot });
const middle = 5 * day;
const heldOut = {
  users: ratios(
    [0, 1].flatMap((half) =>
      predicted(
        train((user) => halfOf(user) !== half),
        scored.filter((row) => halfOf(row.tenant) === half),
      ),
    ),
  ),
  usersAndDays: ratios(
    [0, 1].flatMap((half) =>
      [false, true].flatMap((late) =>
        predicted(
          train(
            (user) => halfOf(user) !== half,
            (at) => at > middle !== late,
            false,
          ),
          scored.filter((row) => halfOf(row.tenant) === half && row.at > middle === late),
        ),
      ),
    ),
  ),
  otherOrganisation: ratios(
    predicted(
      train(
        () => true,
        () => true,
        false,
      ),
      openbRows(),
    ),
  ),
};
console.log("ratio of the model's hold at a gap's start to the optimum, gaps only, by break-even:");
console.table(heldOut);
if (!values.check) write();

/** Trained on Philly's users and times that are kept, and on openb. */
function train(keepUser, keepTime = () => true, withOpenb = true) {
  const kept = (user) => user !== robot && keepUser(user);
  const views = [
    ["user", 1],
    ["group", 0.5],
    ["shared", 0.5],
  ];
  const rows = views.flatMap(([tenant, weight]) => gapRows(modules, philly, { tenant, keepUser: kept, weight }));
  const all = [...rows.filter(({ at }) => keepTime(at)), ...(withOpenb ? openbRows() : [])];
  return boost(all, { ...settings, random: modules.seededRandom(seed) });
}

function openbRows() {
  return gapRows(modules, openb, { tenant: "group" });
}

function write() {
  const model = train(() => true);
  const sha256 = (file) =>
    createHash("sha256")
      .update(readFileSync(join(values.traces, file)))
      .digest("hex");
  const provenance = {
    script: "scripts/train-release.mjs",
    date: new Date().toISOString().slice(0, 10),
    data: Object.values(files).map((file) => ({ file, sha256: sha256(file) })),
    withoutUsers: [robot],
    licences: "Philly: CC-BY-4.0 (Microsoft); openb: Apache-2.0 (Alibaba)",
    seed,
    settings,
    heldOut,
  };
  const { depth, trees } = settings;
  const weights = packed(model, settings);
  const text = moduleOf({ provenance, features: modules.featureNames, depth, trees, weights });
  const path = join(root, "src", "policy", "release", "trained-model.ts");
  writeFileSync(path, text);
  console.log(`${path}: ${Math.round(text.length / 1024)} KiB. Format it: npx biome check --write ${path}`);
}

/** Each gap with the hold that the model chooses, by break-even. */
function predicted(model, rows) {
  const packedModel = {
    provenance: {},
    features: [],
    depth: settings.depth,
    trees: settings.trees,
    weights: packed(model, settings),
  };
  const walker = new modules.HazardModel(packedModel);
  const hazards = new Float64Array(settings.buckets);
  return rows
    .filter(({ censored }) => !censored)
    .map((row) => {
      walker.hazards(row.features, hazards);
      return { ...row, holds: breakEvens().map((B) => modules.bestHold(hazards, B, 0, 4 * B).hold) };
    });
}

function breakEvens() {
  return [300, 600, 1800, 3600];
}

/** What the holds cost over the optimum, in GPU-seconds. */
function ratios(gaps) {
  return Object.fromEntries(
    breakEvens().map((B, index) => {
      let [cost, optimum] = [0, 0];
      for (const { seconds, holds, gpus } of gaps) {
        cost += gpus * (seconds <= holds[index] ? seconds : holds[index] + B);
        optimum += gpus * Math.min(seconds, B);
      }
      return [`B ${B} s`, Math.round((1e4 * cost) / optimum) / 1e4];
    }),
  );
}

function halfOf(name) {
  return createHash("md5").update(name).digest()[0] % 2;
}

async function traceOf(file) {
  const { trace } = await modules.readTraceFile(join(values.traces, file));
  return trace;
}

async function builtModules() {
  const names = [
    "policy/release/gap-watch",
    "policy/release/features",
    "policy/release/gap-grid",
    "policy/release/hazards",
    "policy/release/hazard-model",
    "trace/read/read-trace",
    "kernel/random",
  ];
  await buildModules("train-release", names);
  const loaded = await Promise.all(names.map((name) => loadModule("train-release", name.split("/").at(-1))));
  return Object.assign({}, ...loaded);
}
