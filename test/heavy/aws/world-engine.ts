import { readdirSync, readFileSync, readlinkSync } from "node:fs";

import type { World } from "./world.ts";

/** The process of the engine that works in a world now. */
export function engineOf({ directory }: Pick<World, "directory">): number {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const [program = "", action = ""] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      const isEngine = /(tofu|terraform)$/.test(program) && /^(apply|destroy)$/.test(action);
      if (isEngine && readlinkSync(`/proc/${pid}/cwd`).startsWith(directory)) return Number(pid);
    } catch {
      // it has ended meanwhile
    }
  }
  throw new Error("no engine is at work");
}
