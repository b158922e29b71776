import { setTimeout } from "node:timers/promises";

import { expect, onTestFinished, test } from "vitest";

import { processJob } from "./harness.ts";
import {
  aura,
  hasTerminals,
  processesOf,
  realProject,
  removeProject,
  type Started,
  start,
  startOnTerminal,
  stateFiles,
  until,
} from "./processes.ts";

const long = processJob("long", "sleep 600");
const nothing = { processes: [], state: ["journal.jsonl"] };

async function project(jobs?: string): Promise<string> {
  const directory = await realProject(jobs);
  onTestFinished(async () => {
    for (const found of await processesOf(directory)) process.kill(Number(found.split(" ")[0]), "SIGKILL");
    await removeProject(directory);
  });
  return directory;
}

async function left(directory: string) {
  return { processes: await processesOf(directory), state: await stateFiles(directory) };
}

async function serverSpawned(directory: string): Promise<void> {
  const isSpawned = async () => (await processesOf(directory)).some((line) => line.includes("rehearsal serve"));
  await until(isSpawned, () => "no server was spawned");
}

test.each([0, 100, 200, 350])("Ctrl-C %i ms after the server is spawned leaves nothing", async (ms) => {
  const directory = await project(long);
  const { child, ended } = start(directory, ["cycle", "--on-interrupt", "destroy"]);
  await serverSpawned(directory);
  await setTimeout(ms);
  child.kill("SIGINT");
  expect(await ended).toEqual({ code: 130, signal: null });
  // an orphan would be there by now, and write its files
  await setTimeout(500);
  expect(await left(directory)).toEqual(nothing);
});

test("down ends a server whose server.json was deleted", async () => {
  const directory = await project(long);
  expect(aura(directory, ["up"]).status).toBe(0);
  await removeProject(`${directory}/.aura/crash/target/server.json`);
  const down = aura(directory, ["down", "--yes", "-o", "json"]);
  expect(JSON.parse(down.stdout)).toMatchObject({ ok: true, leftovers: [] });
  expect(await left(directory)).toEqual(nothing);
});

test.each(["stdout", "stderr"] as const)("a cycle whose %s nobody reads destroys all the same", async (stream) => {
  const directory = await project();
  const { child, shows, ended } = start(directory, ["cycle", "-o", "json"]);
  await shows(/deploy started/);
  child[stream]?.destroy();
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(await left(directory)).toEqual(nothing);
});

test.each(["SIGTERM", "SIGHUP"] as const)("%s ends a cycle in good order", async (signal) => {
  const directory = await project(long);
  const { child, shows, ended } = start(directory, ["cycle"]);
  await shows(/long-\w+ running/);
  child.kill(signal);
  expect(await ended).toEqual({ code: 143, signal: null });
  expect(await left(directory)).toEqual(nothing);
});

test("a Ctrl-C that npx repeats counts once", async () => {
  const directory = await project(long);
  const { child, shows, ended, output } = start(directory, ["cycle"]);
  await shows(/long-\w+ running/);
  child.kill("SIGINT");
  await setTimeout(20);
  child.kill("SIGINT");
  expect(await ended).toEqual({ code: 130, signal: null });
  expect(output()).not.toContain("cuts off");
  expect(await left(directory)).toEqual(nothing);
});

async function askedOnTerminal(): Promise<{ directory: string; terminal: Started; type: (text: string) => void }> {
  const directory = await project(long);
  const terminal = startOnTerminal(directory, ["cycle"]);
  const type = (text: string) => void terminal.child.stdin?.write(text);
  await terminal.shows(/long-\w+ +running/);
  type("\x03");
  await terminal.shows(/destroy everything now\? \[Y\/n\]/);
  return { directory, terminal, type };
}

test.runIf(hasTerminals).each([
  ["Enter", "\r"],
  ["Ctrl-C", "\x03"],
  ["Ctrl-D", "\x04"],
])("%s at the question destroys", async (_key, typed) => {
  const { directory, terminal, type } = await askedOnTerminal();
  // as people type: one that comes at once is the echo of the first
  await setTimeout(400);
  type(typed);
  expect(await terminal.ended).toEqual({ code: 130, signal: null });
  expect(terminal.output()).not.toContain("cuts off");
  // the cursor is back
  expect(terminal.output().lastIndexOf("\x1b[?25h")).toBeGreaterThan(terminal.output().lastIndexOf("\x1b[?25l"));
  expect(await left(directory)).toEqual(nothing);
});

test.runIf(hasTerminals)("no at the question keeps", async () => {
  const { directory, terminal, type } = await askedOnTerminal();
  type("n\r");
  expect(await terminal.ended).toEqual({ code: 130, signal: null });
  expect(terminal.output()).toContain("it goes on running");
  expect(aura(directory, ["down", "--yes"]).status).toBe(0);
});

test.runIf(hasTerminals)("a terminal closed at the question destroys", async () => {
  const { directory, terminal } = await askedOnTerminal();
  terminal.child.kill("SIGKILL");
  await until(
    async () => (await processesOf(directory)).length === 0,
    () => "something runs on",
  );
  expect(await left(directory)).toEqual(nothing);
});

test.runIf(hasTerminals)("a terminal closed while a job runs destroys", async () => {
  const directory = await project(long);
  const terminal = startOnTerminal(directory, ["cycle"]);
  await terminal.shows(/long-\w+ +running/);
  terminal.child.kill("SIGKILL");
  await until(
    async () => (await processesOf(directory)).length === 0,
    () => "something runs on",
  );
  expect(await left(directory)).toEqual(nothing);
});
