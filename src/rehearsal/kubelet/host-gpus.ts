import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What a GPU of this machine does right now. */
export interface GpuUsage {
  readonly utilizationPercent: number;
  readonly memoryMib: number;
}

export type HostGpus = ReturnType<typeof hostGpus>;

/** The real devices of this machine, through the nvidia-smi on `path`. */
export function hostGpus(path: string | undefined) {
  const query = async () => {
    const options = ["--query-gpu=utilization.gpu,memory.used", "--format=csv,noheader,nounits"];
    try {
      const { stdout } = await promisify(execFile)("nvidia-smi", options, { timeout: 5000, env: { PATH: path ?? "" } });
      return parseGpuUsage(stdout);
    } catch {
      return [];
    }
  };
  let counted: Promise<number> | undefined;
  return {
    /** How many this machine has, by an nvidia-smi that works; asked once. */
    count: (): Promise<number> => {
      counted ??= query().then((devices) => devices.length);
      return counted;
    },
    /** One entry a device; empty when nvidia-smi fails. */
    usage: query,
  };
}

/** Lines of `utilization.gpu, memory.used` without units; `[N/A]` counts as 0. */
function parseGpuUsage(text: string): GpuUsage[] {
  const lines = text.split("\n").filter((line) => line.includes(","));
  return lines.map((line) => {
    const [utilization, memory] = line.split(",").map((cell) => Number(cell) || 0);
    return { utilizationPercent: utilization ?? 0, memoryMib: memory ?? 0 };
  });
}
