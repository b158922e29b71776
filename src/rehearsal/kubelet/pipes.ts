import { execFile } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

/** A pipe between a child and this process: give `theirs` to the child, then close it here. */
export interface Pipe {
  readonly ours: Socket;
  readonly theirs: number;
}

/**
 * Real pipes for the standard streams of one process. Node's own "pipe" is a socket, which a process cannot open again
 * by name: `echo hello > /dev/stderr`, common in images' entrypoints, would fail.
 */
export async function openPipes(directory: string, names: readonly string[]): Promise<Pipe[]> {
  const folder = await mkdtemp(join(directory, "_pipes-"));
  const paths = names.map((name) => join(folder, name));
  try {
    const env = { PATH: "/usr/bin:/bin:/usr/local/bin" };
    await promisify(execFile)("mkfifo", ["-m", "600", ...paths], { env });
    return paths.map((path) => (path.endsWith("stdin") ? inputPipe(path) : outputPipe(path)));
  } finally {
    // open ends keep a pipe alive without its name
    await rm(folder, { recursive: true, force: true });
  }
}

// without O_NONBLOCK each end would wait for the other; a child's end must not have it

function outputPipe(path: string): Pipe {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { ours: new Socket({ fd, readable: true, writable: false }), theirs: openSync(path, constants.O_WRONLY) };
}

function inputPipe(path: string): Pipe {
  const opener = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const theirs = openSync(path, constants.O_RDONLY);
  closeSync(opener);
  return { ours: new Socket({ fd, readable: false, writable: true }), theirs };
}
