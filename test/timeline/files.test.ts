import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { manualClock } from "../../src/kernel/clocks.ts";
import { Failure } from "../../src/kernel/failure.ts";
import type { Observation } from "../../src/timeline/entries.ts";
import { parseTimeline } from "../../src/timeline/read.ts";
import { timelineWriter } from "../../src/timeline/write.ts";
import { anyTimeline } from "./arbitrary.ts";
import { sampleTimeline } from "./sample.ts";

const lines = (entries: readonly unknown[]) => `${entries.map((entry) => JSON.stringify(entry)).join("\n")}\n`;
const sample = sampleTimeline();
const phase: Observation = { type: "phase", phase: "run", state: "succeeded" };

describe("reading a timeline", () => {
  it("gives back every entry written", () => {
    expect(parseTimeline(lines(sample), "t").entries).toEqual(sample);
    fc.assert(
      fc.property(anyTimeline, (entries) => {
        const read = parseTimeline(lines(entries), "t");
        expect(read).toEqual({ entries: JSON.parse(JSON.stringify(entries)), warnings: [] });
      }),
      { seed: 7, numRuns: 50 },
    );
  });

  it("passes over a torn last line anywhere", () => {
    const text = lines(sample.slice(0, 3));
    const whole = lines(sample.slice(0, 2)).length;
    for (let cut = whole + 1; cut < text.length - 1; cut += 1) {
      const { entries, warnings } = parseTimeline(text.slice(0, cut), "t");
      expect(entries).toEqual(sample.slice(0, 2));
      expect(warnings).toEqual(["t:3: a torn last line was passed over"]);
    }
    expect(parseTimeline(text.slice(0, -1), "t").entries).toHaveLength(3);
  });

  it("keeps out entry types of newer versions", () => {
    const { entries, warnings } = parseTimeline(lines([{ at: 1, wall: 1, type: "mood" }, sample[0]]), "t");
    expect(entries).toEqual([sample[0]]);
    expect(warnings).toEqual(['t: 1 × "mood" passed over: an entry type of a newer version']);
  });

  it("keeps fields of newer versions", () => {
    const entry = { ...sample[0], mood: "calm" };
    expect(parseTimeline(lines([entry]), "t").entries).toEqual([entry]);
  });

  it.each<[string, string, string]>([
    ["half a line", '{"at":1,"wall"', "not JSON"],
    ["no object", "17", "Invalid type"],
    ["no type", '{"at":1,"wall":1}', "type"],
    ["a time that is text", '{"at":"1","wall":1,"type":"phase","phase":"run","state":"started"}', "at"],
    ["an unknown state", '{"at":1,"wall":1,"type":"phase","phase":"run","state":"paused"}', "state"],
    ["a missing field", '{"at":1,"wall":1,"type":"wait","namespace":"default","pod":"p"}', "reason"],
  ])("refuses a middle line with %s", (_, line, word) => {
    const text = `${JSON.stringify(sample[0])}\n${line}\n${JSON.stringify(sample[1])}\n`;
    const failure = thrown(() => parseTimeline(text, "run/timeline.jsonl"));
    expect(failure.code).toBe("FILE_INVALID");
    expect(failure.details.where).toBe("run/timeline.jsonl:2");
    expect(failure.message).toContain("run/timeline.jsonl:2");
    expect(failure.message).toContain(word);
  });
});

describe("writing a timeline", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "aura-timeline-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("keeps the order of the calls", async () => {
    const path = join(folder, "new", "timeline.jsonl");
    const clock = manualClock(500);
    const writer = await timelineWriter({ path, clock });
    const written = await Promise.all(Array.from({ length: 50 }, (_, index) => writer.write(phase, index)));
    await writer.close();
    const { entries } = parseTimeline(await readFile(path, "utf8"), path);
    expect(entries).toEqual(written);
    expect(entries.map(({ at }) => at)).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(entries[0]).toEqual({ at: 0, wall: 500, ...phase });
  });

  it.each<[string, string, number]>([
    ["drops a torn line", `${JSON.stringify(sample[0])}\n{"at":1,"wa`, 1],
    ["drops a torn line with wide characters", `${JSON.stringify(sample[0])}\n{"at":1,"pod":"ü×`, 1],
    ["keeps a whole line without its end", `${JSON.stringify(sample[0])}\n${JSON.stringify(sample[1])}`, 2],
    ["continues a whole file", lines(sample.slice(0, 3)), 3],
  ])("%s when it continues", async (_, text, kept) => {
    const path = join(folder, "timeline.jsonl");
    await writeFile(path, text);
    const writer = await timelineWriter({ path, clock: manualClock(9) });
    await writer.write(phase, 7);
    await writer.close();
    const read = parseTimeline(await readFile(path, "utf8"), path);
    expect(read).toEqual({ entries: [...sample.slice(0, kept), { at: 7, wall: 9, ...phase }], warnings: [] });
  });
});

function thrown(action: () => unknown): Failure {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
