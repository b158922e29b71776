import { afterEach } from "vitest";

import type { World, WorldOptions } from "./harness.ts";

/** Opens worlds as `make` does, and closes them after each test. */
export function opener<T extends Pick<World, "close">>(
  make: (options?: WorldOptions) => T,
): (options?: WorldOptions) => T {
  let opened: T[] = [];
  afterEach(async () => {
    for (const { close } of opened) await close();
    opened = [];
  });
  return (options) => {
    const made = make(options);
    opened.push(made);
    return made;
  };
}
