#!/usr/bin/env node
// Has actionlint and zizmor look at .github/workflows (npm run check:workflows). What is not installed does not check, and
// that is said; in CI (CI is set) it is an error.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

const linters = [
  {
    program: process.env.AURA_ACTIONLINT ?? "actionlint",
    args: ["-no-color"],
    install: "go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12",
  },
  {
    program: process.env.AURA_ZIZMOR ?? "zizmor",
    args: ["--offline", "--no-progress", "--quiet", ".github/workflows"],
    install: "pip install zizmor==1.32.0",
  },
];

for (const { program, args, install } of linters) {
  const { error, status } = spawnSync(program, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (error !== undefined) console.error(`SKIPPED: no ${program} here. Get it with: ${install}`);
  else console.error(`${program}: ${status === 0 ? "nothing to complain of" : `exit code ${status}`}`);
  if (status !== 0 && (error === undefined || process.env.CI)) process.exitCode = 1;
}
