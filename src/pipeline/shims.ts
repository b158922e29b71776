import { join } from "node:path";

import { writeAtomic } from "../kernel/files.ts";

/** `npx aura` becomes this very program; what else `npx` and `npm` are asked for is refused, not fetched. */
export async function writeShims(bin: string, program: readonly string[]): Promise<void> {
  const aura = program.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const refuse = (name: string) => `echo "a rehearsed pipeline does not run: ${name} $*" >&2\nexit 127\n`;
  const shims = {
    npx: `if [ "\${1:-}" = aura ]; then shift; exec ${aura} "$@"; fi\n${refuse("npx")}`,
    npm: `if [ "$*" = ci ]; then echo "aura is here already: nothing is installed"; exit 0; fi\n${refuse("npm")}`,
  };
  for (const [name, script] of Object.entries(shims)) {
    await writeAtomic(join(bin, name), `#!/bin/sh\n${script}`, 0o755);
  }
}
