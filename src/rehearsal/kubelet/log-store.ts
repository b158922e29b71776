import { EventEmitter } from "node:events";
import { join } from "node:path";

import type { Pod } from "../../cluster/objects.ts";
import type { Clock } from "../../kernel/clock.ts";
import { lastRestart, type OpenLog, readLog } from "./log-reader.ts";
import type { LogSource } from "./log-source.ts";
import { defaultRotation, type LogRotation, type LogWriter, logWriter } from "./log-writer.ts";

export interface LogStore extends LogSource {
  open(pod: Pod, container: string, restart: number): LogWriter;
}

/** All container logs, below `<dataDir>/logs/<pod uid>/<container>/`. They stay there when the pod is deleted. */
export function logStore(options: {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly rotation?: LogRotation;
}): LogStore {
  const open = new Map<string, OpenLog>();
  const directoryOf = (uid: string, container: string) => join(options.dataDir, "logs", uid, container);

  return {
    open(pod, container, restart) {
      const directory = directoryOf(pod.metadata.uid ?? "", container);
      const key = `${directory}/${restart}`;
      const entry: OpenLog = Object.assign(new EventEmitter().setMaxListeners(0), { version: 0 });
      open.set(key, entry);
      const changed = () => {
        entry.version += 1;
        entry.emit("change");
      };
      const rotation = options.rotation ?? defaultRotation;
      const writer = logWriter({ directory, restart, now: options.clock.now, rotation, changed });
      return {
        write: writer.write,
        close: async () => {
          await writer.close().finally(() => open.delete(key));
          changed();
        },
      };
    },
    async *read(request) {
      const directory = directoryOf(request.uid, request.container);
      const latest = await lastRestart(directory, (restart) => open.has(`${directory}/${restart}`));
      const restart = latest - (request.previous === true ? 1 : 0);
      if (restart < 0) return;
      yield* readLog({ directory, restart, request, openLog: () => open.get(`${directory}/${restart}`) });
    },
  };
}
