import { expect, test } from "vitest";

import { all, journal, left, onWorld } from "./journey-world.ts";

// Each line of the journal is a point at which the command may be killed: right after the disk has it.

onWorld("a cycle on AWS that is killed", (open) => {
  const lines = async () => {
    const world = await open();
    expect((await world.aura(["cycle", "--yes"])).code).toBe(0);
    return (await journal(world)).length;
  };

  test("leaves nothing after down", async () => {
    const points = all ? Array.from({ length: await lines() }, (_, index) => index + 1) : [3, 8, 16];
    for (const line of points) {
      const world = await open();
      const killed = await world.aura(["cycle", "--yes"], { crashAfter: line });
      const down = await world.aura(["down", "--yes"]);
      expect({ line, signal: killed.signal, code: down.code, left: await left(world) }, down.stderr).toEqual({
        ...{ line, signal: "SIGKILL", code: 0, left: [] },
      });
      console.log(`killed after line ${line}: destroyed, nothing left`);
      await world.stop();
    }
    console.log(`kill points tried: ${points.length}, recovered: ${points.length}`);
  }, 7_200_000);

  test("goes on and succeeds", async () => {
    const points = all ? Array.from({ length: await lines() }, (_, index) => index + 1) : [6, 22];
    for (const line of points) {
      const world = await open();
      const killed = await world.aura(["cycle", "--yes"], { crashAfter: line });
      const again = await world.aura(["cycle", "--yes", "-o", "json"]);
      expect({ line, signal: killed.signal, code: again.code, left: await left(world) }, again.stderr).toEqual({
        ...{ line, signal: "SIGKILL", code: 0, left: [] },
      });
      console.log(`killed after line ${line}: resumed, nothing left`);
      await world.stop();
    }
    console.log(`kill points tried: ${points.length}, resumed: ${points.length}`);
  }, 7_200_000);
});
