import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { expect, test, vi } from "vitest";

import type { Job, Pod } from "../../src/cluster/objects.ts";
import type { TimelineEntry } from "../../src/timeline/entries.ts";
import type { Summary } from "../../src/timeline/summary.ts";
import { type Outcome, processJob, project, signalAt } from "./harness.ts";

async function home(outcome: Outcome) {
  const dir = outcome.json<Summary>().report?.dir ?? "";
  const files = (await readdir(dir, { recursive: true })).sort();
  const timeline = (await readFile(join(dir, "timeline.jsonl"), "utf8")).trim().split("\n");
  return {
    dir,
    logs: files.filter((file) => file.startsWith("logs/")),
    outputs: files.filter((file) => /^outputs\/.*\//.test(file)),
    entries: timeline.map((line) => JSON.parse(line) as TimelineEntry),
    read: (file: string | undefined) => readFile(join(dir, file ?? ""), "utf8"),
  };
}

const warnings = (entries: readonly TimelineEntry[]) =>
  entries.flatMap((entry) =>
    entry.type === "event" && /^(Log|Output|Pod)Not|^LogTruncated/.test(entry.reason) ? entry.reason : [],
  );

/** The shell may tell that its child was terminated, too. */
const savedInTheEnd = /^working\n(Terminated\n)?saved\n$/;

/** Writes a checkpoint when it is told to end, and says so. */
const checkpointing = `trap 'sleep 0.2; echo 7 > "$AURA_OUTPUT_DIR/checkpoint"; echo saved; exit 0' TERM
echo working; touch "$AURA_OUTPUT_DIR/begun"; while :; do sleep 0.05; done`;

test("a log longer than the server keeps comes home whole", async () => {
  // 75 MB in pieces; the server keeps five files of 10 MiB
  const script = `echo FIRST; for piece in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    yes "$piece 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789" | head -c 5000000; sleep 0.15; done; echo; echo LAST`;
  const made = await project({ jobs: processJob("chatty", script) });
  const { dir, logs, entries } = await home(await made.aura("cycle", "-o", "json"));
  const file = join(dir, logs[0] ?? "");
  expect((await stat(file)).size).toBe(75_000_000 + "FIRST\n".length + "\nLAST\n".length);
  for await (const line of createInterface({ input: createReadStream(file, { end: 100 }) })) {
    expect(line).toBe("FIRST");
    break;
  }
  const log = entries.findLast((entry) => entry.type === "log");
  expect(log).toMatchObject({ bytes: 75_000_012, tail: expect.stringMatching(/LAST\n$/) });
  expect(warnings(entries)).toEqual([]);
}, 60_000);

async function expectCheckpoint(outcome: Outcome): Promise<void> {
  const { logs, outputs, entries, read } = await home(outcome);
  expect(outputs.map((file) => file.split("/").at(-1))).toContain("checkpoint");
  expect(await read(logs.find((file) => file.includes("trains")))).toMatch(savedInTheEnd);
  expect(warnings(entries)).toEqual([]);
}

test("a checkpoint written after an interrupt comes home", async () => {
  const made = await project({ jobs: processJob("trains", checkpointing) });
  signalAt(made, /trains-\w+ running/);
  const outcome = await made.aura("cycle", "-o", "json", "--on-interrupt", "destroy");
  expect(outcome.code).toBe(130);
  await expectCheckpoint(outcome);
});

test("a checkpoint written after a timeout comes home", async () => {
  const made = await project({ jobs: processJob("trains", checkpointing) });
  await made.write("aura.yaml", (await made.read("aura.yaml")).replace("hold: 30s", "hold: 5h"));
  await made.write("warm.yml", processJob("warm", "true"));
  await made.aura("up");
  // leaves a node that is ready: what is left of the timeout is not spent on waiting for one
  await made.aura("run", "--job", "warm.yml");
  const outcome = await made.aura("cycle", "-o", "json", "--timeout", "10s");
  expect(outcome.json<Summary>()).toMatchObject({ error: { code: "TIMEOUT" }, leftovers: [] });
  await expectCheckpoint(outcome);
});

test("down ends running jobs in good order first", async () => {
  const made = await project({ jobs: processJob("trains", checkpointing) });
  await made.aura("up");
  signalAt(made, /trains-\w+ running/);
  await made.aura("run");
  const collected = await home(await made.aura("collect", "-o", "json"));
  expect(collected.outputs).toEqual([]);
  const down = await made.aura("down", "--yes", "-o", "json");
  expect([down.code, down.json<Summary>().leftovers]).toEqual([0, []]);
  const { logs, outputs, read } = await home(down);
  expect(outputs.map((file) => file.split("/").at(-1))).toContain("checkpoint");
  expect(await read(logs[0])).toMatch(savedInTheEnd);
  expect(await readdir(join(made.directory, ".aura", "test"))).toEqual(["journal.jsonl"]);
});

test("a failing init container leaves its log and exit code", async () => {
  const job = processJob("prepares", "echo never").replace(
    "      containers:",
    `      initContainers:
        - { name: setup, image: busybox, command: [sh, -c, "echo INITFAIL; exit 9"] }
      containers:`,
  );
  const made = await project({ jobs: job });
  const outcome = await made.aura("cycle", "-o", "json");
  expect(outcome.json<Summary>().jobs).toMatchObject([{ status: "failed", exitCode: 9 }]);
  const { logs, read } = await home(outcome);
  expect(logs).toEqual([expect.stringMatching(/^logs\/default\.prepares-\w+\.setup\.log$/)]);
  expect(await read(logs[0])).toBe("INITFAIL\n");
});

test("every run of a restarted container leaves its log", async () => {
  const script = `n=$(cat "$AURA_OUTPUT_DIR/n" 2>/dev/null || echo 0); echo $((n + 1)) > "$AURA_OUTPUT_DIR/n"
echo "run $n"; sleep 0.3; test "$n" = 2`;
  const job = processJob("retries", script, { backoffLimit: 5 }).replace(
    "restartPolicy: Never",
    "restartPolicy: OnFailure",
  );
  const made = await project({ jobs: job });
  const { logs, entries, read } = await home(await made.aura("cycle", "-o", "json"));
  expect(await Promise.all(logs.map(read))).toEqual(["run 0\n", "run 1\n", "run 2\n"]);
  expect(logs[2]).toMatch(/main_restart-2\.log$/);
  expect(entries.filter(({ type }) => type === "log")).toHaveLength(3);
});

test("what a cut-off ending left comes home with down", async () => {
  const made = await project({ jobs: processJob("trains", checkpointing) });
  const moments = [/trains-\w+ running/, /collect started/, /job\/default\/trains done/];
  made.onLine = (line) => {
    if (moments[0]?.test(line) !== true) return;
    // the first interrupt asks the job to end, the second comes when it was deleted and still saves its work
    if (moments.length !== 2) made.signal("SIGINT");
    moments.shift();
  };
  expect((await made.aura("cycle", "--on-interrupt", "destroy")).code).toBe(130);
  expect(moments).toEqual([]);
  made.onLine = () => {};
  const down = await made.aura("down", "--yes", "-o", "json");
  expect(down.json<Summary>().leftovers).toEqual([]);
  expect((await home(down)).outputs.map((file) => file.split("/").at(-1))).toContain("checkpoint");
});

test("what ended while nobody watched comes home", async () => {
  const made = await project({
    jobs: processJob("alone", 'sleep 0.3; echo done; echo 42 > "$AURA_OUTPUT_DIR/answer"'),
  });
  await made.aura("up");
  made.onLine = (line) => {
    if (/default.alone done/.test(line)) made.signal("SIGINT");
  };
  expect((await made.aura("run")).code).toBe(130);
  made.onLine = () => {};
  const [server] = made.servers.values();
  const ref = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "alone", namespace: "default" } };
  const isDone = () => (server?.core.find<Job>(ref)?.status?.succeeded ?? 0) > 0;
  await vi.waitUntil(isDone, { timeout: 20_000 });
  // as the pod garbage collector does when the node is gone
  const [pod] = server?.core.list<Pod>({ apiVersion: "v1", kind: "Pod" }).items ?? [];
  server?.core.delete(
    { apiVersion: "v1", kind: "Pod", metadata: { namespace: "default", name: pod?.metadata.name ?? "" } },
    { gracePeriodSeconds: 0 },
  );

  const summary = (await made.aura("down", "-o", "json")).json<Summary>();
  expect(summary.jobs).toMatchObject([{ name: "alone", status: "succeeded", exitCode: 0, attempts: 1 }]);
  const files = await readdir(summary.report?.dir ?? "", { recursive: true });
  expect(files.filter((file) => file.endsWith("answer"))).toHaveLength(1);
  const log = files.find((file) => file.endsWith(".log"));
  expect(await readFile(join(summary.report?.dir ?? "", log ?? ""), "utf8")).toContain("done");
});
