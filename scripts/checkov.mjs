#!/usr/bin/env node
// Has checkov look at the committed Terraform files (npm run check:checkov). Needs checkov 3.3 (pip install checkov);
// without it nothing is checked, and that is said; in CI (CI is set) it is an error.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const checkov = process.env.AURA_CHECKOV ?? "checkov";

if (spawnSync(checkov, ["--version"]).error) {
  console.error(`SKIPPED: no ${checkov} here, so nothing was checked. Get it with: pip install checkov==3.3.30`);
  process.exit(process.env.CI ? 1 : 0);
}

const folder = mkdtempSync(join(tmpdir(), "aura-checkov-"));
try {
  cpSync(join(root, "terraform"), folder, { recursive: true });
  const files = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith("main.tf.json"));
  const resources = files.reduce((sum, path) => sum + simplify(join(folder, path)), 0);
  report(scan(), resources);
} finally {
  rmSync(folder, { recursive: true });
}

/** checkov 3.3 fails on a `terraform` block with a plain value in it, and then finds nothing. Counts the resources. */
function simplify(path) {
  const document = JSON.parse(readFileSync(path, "utf8"));
  delete document.terraform.required_version;
  writeFileSync(path, JSON.stringify(document, null, 2));
  return Object.values(document.resource ?? {}).reduce((sum, named) => sum + Object.keys(named).length, 0);
}

function scan() {
  const options = ["--directory", folder, "--config-file", join(root, ".checkov.yaml"), "--output", "json"];
  const { stdout, stderr } = spawnSync(checkov, options, { encoding: "utf8", maxBuffer: 2 ** 28 });
  try {
    return JSON.parse(stdout);
  } catch {
    console.error(stderr);
    throw new Error("checkov gave no report");
  }
}

function report({ results, summary }, resources) {
  const { passed_checks: passed, failed_checks: failed } = results;
  const seen = new Set([...passed, ...failed].map(({ resource, file_path: file }) => `${file} ${resource}`));
  for (const { check_id: id, check_name: name, resource, file_path: file } of failed)
    console.error(`${id} ${resource} in terraform${file}: ${name}`);
  const counts = `${passed.length} passed, ${failed.length} failed, ${summary.parsing_errors} files unread`;
  console.error(`checkov ${summary.checkov_version}: ${counts}; ${seen.size} resources looked at of ${resources}`);
  // The usual way for a scanner to be green is to have read nothing
  const isBlind = seen.size < resources / 2 || summary.parsing_errors > 0;
  if (isBlind) console.error("checkov did not look at most of the resources: its silence says nothing");
  process.exitCode = failed.length > 0 || isBlind ? 1 : 0;
}
