import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { journal, left, onWorld } from "./journey-world.ts";
import { partition, seedWorld } from "./sweep-seed.ts";
import { loneWorld, world as others } from "./sweep-tags.ts";
import type { World } from "./world.ts";

onWorld("an environment on AWS, by the built command line", (open) => {
  test("cycle leaves nothing and touches no decoy", async () => {
    const world = await open();
    const { aura, aws } = world;
    const decoys = [
      ...(await seedWorld(aws.inside, others("shop-2"))),
      ...(await seedWorld(aws.inside, loneWorld("shop"))),
    ];
    const counted = phases(world);
    const ended = await aura(["cycle", "--yes", "-o", "json"], { onText: counted.hear });
    expect(ended.code, ended.stderr).toBe(0);
    expect(await left(world)).toEqual([]);
    expect((await partition(decoys)).gone).toEqual([]);
    expect(counted.refusals()).toEqual([]);
    const summary = JSON.parse(ended.stdout);
    expect(summary).toMatchObject({ ok: true, target: "aws", leftovers: [] });
    expect(summary.jobs).toMatchObject([{ name: "timer" }, { name: "writes", status: "succeeded", exitCode: 0 }]);
    expect(summary.prices.map(({ live }: { live: boolean }) => live)).toEqual([true, true]);
    const files = await readdir(summary.report.dir, { recursive: true });
    expect(files).toEqual(expect.arrayContaining(["report.html", "report.md", "summary.json", "timeline.jsonl"]));
    const answer = files.find((file) => file.endsWith("/answer"));
    expect(await readFile(join(summary.report.dir, `${answer}`), "utf8")).toBe("42\n");
    expect(files.some((file) => file.includes("logs/"))).toBe(true);
    expect(await readFile(summary.report.markdown, "utf8")).toContain("g4dn.xlarge");
    console.log(`decoys: ${decoys.length}, touched: 0; lines of the journal: ${(await journal(world)).length}`);
    console.log("calls to AWS by phase:", counted.totals());
  });

  test("verb follows verb, each from what is there", async () => {
    const world = await open();
    const { aura } = world;
    const run = async (...argv: string[]) => {
      const ended = await aura(argv);
      expect(ended.code, `aura ${argv.join(" ")}\n${ended.stderr}`).toBe(0);
      return ended;
    };
    await run("up", "--yes");
    expect((await run("up", "--yes")).stderr).not.toContain("create of");
    await run("run");
    await run("run");
    const status = JSON.parse((await run("status", "-o", "json")).stdout);
    expect(status).toMatchObject({ environment: "shop", target: "aws" });
    expect((await run("logs", "writes")).stdout).toContain("done");
    await run("collect");
    await run("down", "--yes");
    expect(await left(world)).toEqual([]);
    expect((await run("down", "--yes")).stderr).toContain("nothing");
  });
});

/** Counts calls between the lines that say that a phase begins. */
function phases({ aws: { front }, endpoint }: World) {
  const totals: Record<string, number> = {};
  let now = "before";
  const sum = () => Object.values(front.calls()).reduce((total, times) => total + times, 0);
  let refused: readonly string[] = [];
  const turn = (next: string) => {
    // who asks for the time while its cluster goes is turned away
    if (next === "destroy") refused = [...endpoint.refusals];
    totals[now] = (totals[now] ?? 0) + sum();
    front.forget();
    now = next;
  };
  return {
    hear(text: string) {
      for (const [, name = ""] of text.matchAll(/phase +(\w+) started/g)) turn(name);
    },
    refusals: () => refused,
    totals() {
      turn("after");
      return totals;
    },
  };
}
