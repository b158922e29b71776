import { expect, test } from "vitest";

import { crashAndDestroy, crashAndResume } from "../../journeys/crash-cases.ts";
import { aura, journalLines, realProject, removeProject } from "../../journeys/processes.ts";

test("every line of the journal is survived", async () => {
  const directory = await realProject();
  aura(directory, ["cycle"]);
  const lines = await journalLines(directory);
  await removeProject(directory);
  expect(lines).toBeGreaterThan(10);

  let recovered = 0;
  for (let line = 1; line <= lines; line += 1) {
    for (const up of [false, true]) {
      const destroyed = await crashAndDestroy(line, { up });
      expect({ line, up, ...destroyed }).toEqual({
        line,
        up,
        killed: true,
        code: 0,
        processes: [],
        state: ["journal.jsonl"],
      });
    }
    const resumed = await crashAndResume(line);
    expect({ line, ...resumed }).toMatchObject({
      line,
      killed: true,
      code: 0,
      ok: true,
      answers: ["42\n"],
      processes: [],
    });
    recovered += 3;
    console.log(`line ${line} of ${lines}: destroyed, deployed again and resumed`);
  }
  console.log(
    `${lines} kill points tried three times (down, up and down, cycle), ${recovered} recoveries, nothing left`,
  );
}, 3_600_000);
