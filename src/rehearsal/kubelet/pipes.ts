import { execFile } from "node:child_process";
import { constants, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

/** What a child writes: give `theirs` to it, then close it here. */
export interface OutputPipe {
  readonly ours: Socket;
  readonly theirs: number;
}

/**
 * Real pipes for the output of one process. Node's own "pipe" is a socket, which a process cannot open again by name:
 * `echo hello > /dev/stderr`, common in images' entrypoints, would fail.
 */
export async function outputPipes(directory: string): Promise<Readonly<Record<"stdout" | "stderr", OutputPipe>>> {
  const folder = await mkdtemp(join(directory, "_pipes-"));
  const [stdout, stderr] = [join(folder, "stdout"), join(folder, "stderr")];
  try {
    const env = { PATH: "/usr/bin:/bin:/usr/local/bin" };
    await promisify(execFile)("mkfifo", ["-m", "600", stdout, stderr], { env });
    return { stdout: openPipe(stdout), stderr: openPipe(stderr) };
  } finally {
    // open ends keep a pipe alive without its name
    await rm(folder, { recursive: true, force: true });
  }
}

function openPipe(path: string): OutputPipe {
  // without O_NONBLOCK each end would wait for the other
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { ours: new Socket({ fd, readable: true, writable: false }), theirs: openSync(path, constants.O_WRONLY) };
}
