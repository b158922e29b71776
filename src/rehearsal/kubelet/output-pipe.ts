import { execFile } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

/** A pipe: give `writeFd` to a child, close it here, read what the child writes from `reader`. */
export interface OutputPipe {
  readonly reader: Socket;
  readonly writeFd: number;
  closeWriter(): void;
}

/**
 * Real pipes, for the output of one process. Node's own "pipe" is a socket, which a process cannot open again by
 * name: `echo hello > /dev/stderr`, common in images' entrypoints, would fail.
 */
export async function outputPipes(
  directory: string,
): Promise<{ readonly stdout: OutputPipe; readonly stderr: OutputPipe }> {
  const folder = await mkdtemp(join(directory, "_pipes-"));
  try {
    const [stdout, stderr] = [join(folder, "stdout"), join(folder, "stderr")];
    await promisify(execFile)("mkfifo", ["-m", "600", stdout, stderr], {
      env: { PATH: "/usr/bin:/bin:/usr/local/bin" },
    });
    return { stdout: openPipe(stdout), stderr: openPipe(stderr) };
  } finally {
    // open ends keep a pipe alive without its name
    await rm(folder, { recursive: true, force: true });
  }
}

function openPipe(path: string): OutputPipe {
  // without O_NONBLOCK each end would wait for the other
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeFd = openSync(path, constants.O_WRONLY);
  return {
    reader: new Socket({ fd, readable: true, writable: false }),
    writeFd,
    closeWriter: () => closeSync(writeFd),
  };
}
