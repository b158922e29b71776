import { expect, test } from "vitest";

import type { Context, StopSignal } from "../../src/cli/context.ts";
import { type Interrupts, withInterrupts } from "../../src/cli/interrupt.ts";

interface Heard {
  readonly interrupts: Interrupts;
  readonly exits: number[];
  signal(name: StopSignal): void;
}

async function listening(work: (heard: Heard) => Promise<void> | void): Promise<void> {
  const exits: number[] = [];
  let signal: Heard["signal"] = () => {};
  const context = {
    exit: (code: number) => void exits.push(code),
    onSignal(handler: Heard["signal"]) {
      signal = handler;
      return () => {};
    },
  };
  await withInterrupts(context as unknown as Context, async (interrupts) => work({ interrupts, exits, signal }));
}

test.each<[StopSignal[], boolean, boolean, number[]]>([
  [[], false, false, []],
  [["SIGINT"], true, false, []],
  [["SIGINT", "SIGINT"], true, true, []],
  [["SIGINT", "SIGINT", "SIGINT"], true, true, [130]],
  [["SIGTERM", "SIGTERM", "SIGTERM"], true, true, [143]],
  [["SIGHUP", "SIGHUP", "SIGHUP", "SIGHUP"], true, false, []],
])("after %j stop, abort and exit are %s, %s, %j", async (signals, stop, abort, codes) => {
  await listening(({ interrupts, exits, signal }) => {
    for (const name of signals) signal(name);
    expect([interrupts.stop.aborted, interrupts.abort.aborted, exits]).toEqual([stop, abort, codes]);
  });
});

test("SIGHUP stops with the code of SIGTERM", async () => {
  await listening(({ interrupts, signal }) => {
    signal("SIGHUP");
    expect(interrupts.stop.reason).toMatchObject({ code: "TERMINATED", message: "stopped by SIGHUP" });
  });
});

test("a signal answers the question of a stopped command", async () => {
  await listening(async ({ interrupts, signal }) => {
    signal("SIGINT");
    const answer = await interrupts.ask(async (asked) => {
      signal("SIGTERM");
      return asked.aborted ? undefined : true;
    });
    expect([answer, interrupts.abort.aborted]).toEqual([undefined, false]);
    signal("SIGINT");
    expect(interrupts.abort.aborted).toBe(true);
  });
});

test("a signal stops a command that asks", async () => {
  await listening(async ({ interrupts, signal }) => {
    const asking = interrupts.ask(async () => signal("SIGINT"));
    await expect(asking).rejects.toMatchObject({ code: "INTERRUPTED" });
  });
});
