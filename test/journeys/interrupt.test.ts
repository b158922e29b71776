import { expect, test } from "vitest";

import type { Summary } from "../../src/timeline/summary.ts";
import { processJob, project, signalAt, timerJob } from "./harness.ts";

test.each([
  ["deploy", /deploy started/],
  ["run", /work-\w+ running/],
  ["collect", /collect started/],
  ["destroy", /destroy started/],
])("Ctrl-C while in %s leaves nothing", async (_phase, moment) => {
  const made = await project({ jobs: timerJob("work", { duration: "10m" }) });
  signalAt(made, moment);
  const { code, json } = await made.aura("cycle", "-o", "json", "--on-interrupt", "destroy");
  expect(made.servers.size).toBe(0);
  expect(json<Summary>().leftovers).toEqual([]);
  expect(code).toBe(moment.source.startsWith("destroy") ? 0 : 130);
});

test("SIGTERM ends with its own exit code", async () => {
  const made = await project({ jobs: timerJob("work", { duration: "1h" }) });
  signalAt(made, /work-\w+ running/, "SIGTERM");
  const { code, json } = await made.aura("cycle", "-o", "json");
  expect(code).toBe(143);
  expect(json<Summary>().jobs[0]).toMatchObject({ status: "interrupted" });
});

test("the user may keep what an interrupt found", async () => {
  const made = await project({ jobs: timerJob("work", { duration: "1h" }) });
  made.answer = false;
  signalAt(made, /work-\w+ running/);
  const { code } = await made.aura("cycle");
  expect(code).toBe(130);
  expect(made.servers.size).toBe(1);
  expect((await made.aura("down", "--yes")).code).toBe(0);
});

test("a second Ctrl-C cuts off and down finishes", async () => {
  const made = await project({ jobs: processJob("stubborn", "trap '' TERM; while :; do sleep 0.1; done") });
  let signals = 0;
  made.onLine = (line) => {
    if (/stubborn-\w+ running/.test(line) || (signals === 1 && /destroy started/.test(line))) {
      signals += 1;
      made.signal("SIGINT");
    }
  };
  const { code, stderr } = await made.aura("cycle", "--on-interrupt", "destroy");
  expect(code).toBe(130);
  expect(stderr).toContain("aura down");
  made.onLine = () => {};
  expect((await made.aura("down", "--yes", "-o", "json")).json()).toMatchObject({ leftovers: [] });
  expect(made.servers.size).toBe(0);
});

test("interrupting run leaves the jobs running", async () => {
  const made = await project({ jobs: timerJob("work", { duration: "30m" }) });
  await made.aura("up");
  signalAt(made, /work-\w+ running/);
  expect((await made.aura("run")).code).toBe(130);
  made.onLine = () => {};
  const { jobs } = (await made.aura("status", "-o", "json")).json<{ jobs: { status: string }[] }>();
  expect(jobs).toMatchObject([{ name: "work", status: "active" }]);
  expect((await made.aura("down", "--yes")).code).toBe(0);
});

test("SIGTERM asks nobody and destroys", async () => {
  const made = await project({ jobs: timerJob("work", { duration: "1h" }) });
  made.answer = false;
  signalAt(made, /work-\w+ running/, "SIGTERM");
  expect((await made.aura("cycle")).code).toBe(143);
  expect(made.servers.size).toBe(0);
});

test("SIGHUP ends as SIGTERM does", async () => {
  const made = await project({ jobs: timerJob("work", { duration: "1h" }) });
  signalAt(made, /work-\w+ running/, "SIGHUP");
  expect((await made.aura("cycle")).code).toBe(143);
  expect(made.servers.size).toBe(0);
});

test("a signal at the question destroys in good order", async () => {
  const made = await project({ jobs: timerJob("work", { duration: "1h" }) });
  made.answer = false;
  made.onQuestion = () => made.signal("SIGINT");
  signalAt(made, /work-\w+ running/);
  const { code, stderr } = await made.aura("cycle");
  expect(code).toBe(130);
  expect(stderr).not.toContain("cuts off");
  expect(made.servers.size).toBe(0);
});

test("Ctrl-C at the question of down destroys nothing", async () => {
  const made = await project({ jobs: timerJob("work", { duration: "1h" }) });
  await made.aura("up");
  signalAt(made, /work-\w+ running/);
  await made.aura("run");
  made.onQuestion = () => made.signal("SIGINT");
  expect((await made.aura("down")).code).toBe(130);
  expect(made.servers.size).toBe(1);
  expect((await made.aura("down", "--yes")).code).toBe(0);
});

test.each(["cycle", "up"])("Ctrl-C before %s has begun is heard", async (verb) => {
  const made = await project();
  // the first session looks for a destroy to finish, and finds no run
  made.onListen = () => {
    made.onListen = () => {};
    setImmediate(() => made.signal("SIGINT"));
  };
  const { code } = await made.aura(verb);
  expect(code).toBe(130);
  expect(made.servers.size).toBe(0);
});
