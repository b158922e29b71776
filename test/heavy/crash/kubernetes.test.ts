import { expect, test } from "vitest";

import { crashInCluster, linesOfCycle } from "../../journeys/kubernetes-crash-cases.ts";

const clean = { killed: true, code: 0, own: [], changed: [] };

test("in others' cluster every line is survived", { timeout: 1_800_000 }, async () => {
  const lines = await linesOfCycle();
  expect(lines).toBeGreaterThan(10);
  for (let line = 1; line <= lines; line += 1) {
    expect({ line, ...(await crashInCluster(line, ["down", "--yes"])) }).toEqual({ line, ...clean });
    expect({ line, ...(await crashInCluster(line, ["cycle"])) }).toEqual({ line, ...clean });
    console.log(`line ${line} of ${lines}: destroyed and resumed, decoys as they were`);
  }
});
