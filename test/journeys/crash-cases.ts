import { answers, aura, processesOf, realProject, removeProject, stateFiles } from "./processes.ts";

/** `aura cycle` killed after a journal line, then `aura up` if asked for, then `aura down`: what is left of it. */
export async function crashAndDestroy(line: number, { up = false } = {}) {
  const directory = await realProject();
  try {
    const crashed = aura(directory, ["cycle"], line);
    if (up && aura(directory, ["up"]).status !== 0) throw new Error(`up failed after line ${line}`);
    const down = aura(directory, ["down", "--yes", "-o", "json"]);
    return {
      killed: crashed.signal === "SIGKILL",
      code: down.status,
      processes: await processesOf(directory),
      state: await stateFiles(directory),
    };
  } finally {
    await removeProject(directory);
  }
}

/** `aura cycle` killed after a journal line, then `aura cycle` again: whether it came to its end, with everything home. */
export async function crashAndResume(line: number) {
  const directory = await realProject();
  try {
    const crashed = aura(directory, ["cycle"], line);
    const again = aura(directory, ["cycle", "-o", "json"]);
    const summary = JSON.parse(again.stdout || "{}");
    return {
      killed: crashed.signal === "SIGKILL",
      code: again.status,
      ok: summary.ok,
      answers: [...new Set(await answers(directory))],
      processes: await processesOf(directory),
      state: await stateFiles(directory),
    };
  } finally {
    await removeProject(directory);
  }
}
