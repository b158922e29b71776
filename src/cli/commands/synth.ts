import { dirname, join, relative, resolve } from "node:path";

import { Failure } from "../../kernel/failure.ts";
import { makeFolder, readText, writeAtomic } from "../../kernel/files.ts";
import { perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { FileFlags } from "../flags.ts";
import { loadSpec } from "../load.ts";

interface SynthFlags extends FileFlags {
  readonly out?: string;
  readonly check: boolean;
}

/** `aura synth`: the files that an environment becomes, written or compared. */
export async function synth(this: Context, flags: SynthFlags): Promise<void> {
  await perform(this, flags, async () => {
    const environment = await loadSpec(this, flags.file, {});
    const { synthesize } = await import("../../synth/bundle.ts");
    const folder = flags.out === undefined ? environment.directory : resolve(this.cwd, flags.out);
    const files = [...synthesize(environment)].map(([path, text]) => ({ path, text, target: join(folder, path) }));
    const current = await Promise.all(files.map(({ target }) => readText(target)));
    const changed = files.filter(({ text }, index) => text !== current[index]);
    const data = { ok: true, folder, files: files.map(({ path }) => path), changed: changed.map(({ path }) => path) };
    if (flags.check && changed.length > 0) return { data, text: "", error: stale(changed, flags) };
    for (const { target, text } of flags.check ? [] : changed) {
      await makeFolder(dirname(target));
      await writeAtomic(target, text);
    }
    return { data, text: summary(files.length, data.changed, relative(this.cwd, folder) || ".") };
  });
}

function stale(changed: readonly { readonly path: string }[], { file, out }: SynthFlags): Failure {
  const options = [...(file === "aura.yaml" ? [] : [`--file ${file}`]), ...(out === undefined ? [] : [`--out ${out}`])];
  return new Failure("FILES_STALE", `${changed.length} file(s) differ from what ${file} becomes`, {
    problems: changed.map(({ path }) => path),
    fix: ["aura synth", ...options].join(" "),
  });
}

function summary(count: number, changed: readonly string[], folder: string): string {
  if (changed.length === 0) return `${count} files in ${folder} are up to date`;
  return [...changed.map((path) => `wrote ${path}`), `${changed.length} of ${count} files written to ${folder}`].join(
    "\n",
  );
}
