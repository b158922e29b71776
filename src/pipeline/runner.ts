import { rename } from "node:fs/promises";
import { join } from "node:path";

import { makeFolder, removeTree } from "../kernel/files.ts";
import type { ProcessIdentity } from "../kernel/processes.ts";
import type { PipelineWorld } from "./world.ts";

/** The machine that one job runs on: fresh folders, and the processes that its steps started. */
export interface Runner {
  /** Where a step's own files go. */
  folder(step: number): string;
  /** A process of a step, to be ended with the runner. */
  started(process: ProcessIdentity): void;
  /** It dies: nothing of it is left. */
  lose(): Promise<void>;
  /** Ends what its steps left running, and puts its folder aside. */
  close(): Promise<void>;
}

export async function openRunner(job: string, { place, tell }: PipelineWorld): Promise<Runner> {
  const processes: ProcessIdentity[] = [];
  const endAll = () => {
    for (const process of processes) tell(process, "SIGKILL", "group");
  };
  const clear = async () => {
    for (const folder of [place.work, place.home, place.temp]) await removeTree(folder);
  };
  await clear();
  for (const folder of [place.work, place.home, place.temp]) await makeFolder(folder);
  let lost = false;
  return {
    folder: (step) => join(place.temp, `step-${step}`),
    started: (process) => void processes.push(process),
    async lose() {
      lost = true;
      endAll();
      await clear();
    },
    async close() {
      endAll();
      if (lost) return;
      await makeFolder(place.jobs);
      await rename(place.work, join(place.jobs, job));
      await clear();
    },
  };
}
