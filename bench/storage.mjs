// What a restart of a rehearsal's server costs: whole processes, over the wire.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

import { ask, createPods, kill, rssMib, startServer } from "./server.mjs";

const objects = Number(process.env.BENCH_OBJECTS ?? 50_000);

/** Makes pods that no scheduler takes, kills the server with SIGKILL, and starts it again. */
export async function storageRows() {
  const first = await startServer();
  const { perSecond } = await createPods(first, 0, objects);
  await kill(first);

  const restarted = performance.now();
  const again = await startServer(first.dataDir);
  const page = await ask(again, "GET", "/api/v1/pods?limit=500");
  const seconds = (performance.now() - restarted) / 1000;
  const listed = performance.now();
  const { items } = await ask(again, "GET", "/api/v1/pods");
  const whole = ((performance.now() - listed) / 1000).toFixed(1);
  const rss = rssMib(again);
  await kill(again);
  const mib = (folderBytes(join(first.dataDir, "state")) / 2 ** 20).toFixed(0);
  first.remove();
  if (page.items.length !== 500 || items.length !== objects) throw new Error(`${items.length} pods came back`);
  const count = objects.toLocaleString("en");
  return [
    [`restart with ${count} pods, to a list`, `${seconds.toFixed(2)} s (then all of them ${whole} s)`, "≤ 2 s"],
    [`state of ${count} pods`, `${mib} MiB on disk, ${rss} MiB RSS after the list, made at ${perSecond}/s`, ""],
  ];
}

function folderBytes(folder) {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
