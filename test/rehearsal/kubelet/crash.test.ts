import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { build } from "tsdown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { reap, survivors } from "../../../src/rehearsal/kubelet/reaper.ts";

const base = mkdtempSync(join(tmpdir(), "aura-crash-"));
// the driver finds its packages above itself
symlinkSync(new URL("../../../node_modules", import.meta.url).pathname, join(base, "node_modules"));
const entry = new URL("crash-driver.ts", import.meta.url).pathname;

describe("a server that is killed", () => {
  beforeAll(() =>
    build({
      entry: [entry],
      outDir: join(base, "dist"),
      format: "esm",
      platform: "node",
      dts: false,
      config: false,
      logLevel: "error",
    }),
  );
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  it.each([1, 7, 20, 33, 50, 80, 130])("leaves nothing after %i ms and a reap", async (delayMs) => {
    const dataDir = join(base, `data-${delayMs}`);
    const [driver] = readdirSync(join(base, "dist"));
    const server = spawn(process.execPath, [join(base, "dist", driver ?? ""), dataDir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(server.stdout, "data");
    await wait(delayMs);
    // on a busy machine the first process may be late: the later kills are to find some
    while (delayMs >= 50 && survivors(dataDir).length === 0) await wait(5);
    server.kill("SIGKILL");
    await once(server, "exit");
    const { killed } = await reap(dataDir);
    if (delayMs >= 50) expect(killed).toBeGreaterThan(0);
    expect(survivors(dataDir)).toEqual([]);
    // not by the ledger, which could have missed one
    await wait(20);
    expect(processesOf(dataDir)).toEqual([]);
  });
});

function processesOf(dataDir: string): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "latin1").includes(`AURA_RUN=${dataDir}/`);
    } catch {
      return false;
    }
  });
}
