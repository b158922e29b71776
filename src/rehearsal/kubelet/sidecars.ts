import type { Pod } from "../../cluster/objects.ts";
import { runContainer } from "./container-worker.ts";
import type { ContainerProgress } from "./pod-status.ts";
import type { Runtime } from "./runtime.ts";
import type { Work } from "./work.ts";

export type Sidecars = ReturnType<typeof startSidecars>;

/** The init containers of a pod that run beside its containers. */
export function sidecarNames({ spec }: Pod): string[] {
  return (spec?.initContainers ?? []).flatMap(({ name, restartPolicy }) => (restartPolicy === "Always" ? name : []));
}

/** Init containers with restartPolicy Always: they start in turn, run beside the pod's containers, and end after them. */
export function startSidecars(work: Work, runtime: Runtime) {
  const ending = new AbortController();
  const own = { ...work, signal: AbortSignal.any([work.signal, ending.signal]) };
  const runs = new Map<string, Promise<unknown>>();
  return {
    /** False for an init container that is none; otherwise resolves when it runs or the pod was interrupted. */
    async start(progress: ContainerProgress) {
      const { container } = progress;
      if (container.restartPolicy !== "Always") return false;
      await new Promise<void>((started) => {
        const run = runContainer(own, { progress, runtime, restartPolicy: "Always", started });
        runs.set(container.name, run.catch(work.fail).finally(started));
      });
      return true;
    },
    /** Ends them, as a pod is ended: SIGTERM, and SIGKILL after the grace period. */
    async stop(graceMs: number) {
      ending.abort();
      const containers = () => [...runs.keys()].flatMap((name) => work.running.get(name) ?? []);
      for (const container of containers()) container.terminate();
      const kill = () => {
        for (const container of containers()) container.kill();
      };
      const cancel = work.host.clock.schedule(graceMs, kill, { background: true });
      await Promise.all(runs.values());
      cancel();
    },
  };
}
