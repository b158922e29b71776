import type { ChildProcess } from "node:child_process";

import { expect, test } from "vitest";

import type { Turn } from "./engine-wrapper.ts";
import { all, left, onWorld } from "./journey-world.ts";
import type { World } from "./world.ts";
import { engineOf } from "./world-engine.ts";

// What dies is the command alone (its engine goes on), or the engine, at a resource that AWS has and the state has not.

onWorld("an environment whose engine is cut off", (open) => {
  /** Acts once, at a turn, and lets the engine go on when that is done. */
  const at = ({ provider }: World, action: Turn["action"], number: number, act: () => unknown) => {
    provider.onTurn = async (turn) => {
      if (turn.action !== action || turn.number !== number || turn.moment !== "after") return;
      provider.onTurn = undefined;
      await act();
    };
  };

  /** Kills a command while its engine is at a resource, which takes until another one watches; returns how that ends. */
  const killedAt = async (world: World, action: Turn["action"], argv: readonly string[]) => {
    let watched = () => {};
    const watching = new Promise<void>((resolve) => (watched = resolve));
    const onChild = (child: ChildProcess) =>
      at(world, action, 20, () => {
        child.kill("SIGKILL");
        return watching;
      });
    expect((await world.aura(argv, { onChild })).signal).toBe("SIGKILL");
    const onText = (text: string) => {
      if (text.includes("goes on watching")) watched();
    };
    const again = await world.aura(argv, { onText });
    watched();
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toContain("that an interrupted command left at work");
  };

  test("a command killed in apply is followed by one that watches on", async () => {
    const world = await open();
    await killedAt(world, "create", ["up", "--yes"]);
    const down = await world.aura(["down", "--yes"]);
    expect([down.code, await left(world)], down.stderr).toEqual([0, []]);
  });

  test("a command killed in destroy is followed by one that watches on", async () => {
    const world = await open();
    expect((await world.aura(["up", "--yes"])).code).toBe(0);
    await killedAt(world, "remove", ["down", "--yes"]);
    expect(await left(world)).toEqual([]);
  });

  test.each(["s3", "local"])(
    "an apply killed at a resource is destroyed whole, with its state in %s",
    async (state) => {
      const points = all ? Array.from({ length: 57 }, (_, index) => index + 1) : state === "s3" ? [20, 45] : [1, 50];
      for (const number of points) {
        const world = await open({ more: `  state: ${state}\n` });
        at(world, "create", number, () => process.kill(engineOf(world), "SIGKILL"));
        const up = await world.aura(["up", "--yes"]);
        expect(up.code, up.stderr).toBe(2);
        // what is there and not in the state is in the way of another apply, which says so, or it is not
        const again = await world.aura(["up", "--yes"]);
        expect([0, 2], again.stderr).toContain(again.code);
        const down = await world.aura(["down", "--yes"]);
        expect({ number, code: down.code, left: await left(world) }, down.stderr).toEqual({
          number,
          code: 0,
          left: [],
        });
        console.log(`apply killed at resource ${number}: another apply ${again.code}, down ${down.code}`);
        if (again.code !== 0)
          console.log(
            again.stderr
              .split("\n")
              .filter((line) => /^(error| +(why|fix))/.test(line))
              .join("\n"),
          );
        await world.stop();
      }
      console.log(`engines killed: ${points.length}, destroyed whole: ${points.length}`);
    },
    7_200_000,
  );

  test("an interrupted apply keeps its state and goes on", async () => {
    const world = await open();
    world.provider.replaces = true;
    const up = world.aura(["up", "--yes"], { onChild: (child) => at(world, "create", 20, () => child.kill("SIGINT")) });
    expect((await up).code, (await up).stderr).toBe(130);
    const again = await world.aura(["up", "--yes"]);
    expect(again.code, again.stderr).toBe(0);
    const down = await world.aura(["down", "--yes"]);
    expect([down.code, await left(world)], down.stderr).toEqual([0, []]);
  });
});
