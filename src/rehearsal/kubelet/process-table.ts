import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A row of the process table. */
export interface ProcessRow {
  readonly pid: number;
  readonly group: number;
  /** Equal to `group` where the system does not tell. */
  readonly session: number;
  /** As in `ProcessIdentity`. */
  readonly started: string;
  /** Processor time so far, ended children included. */
  readonly cpuMs: number;
  readonly memoryMib: number;
}

/** Clock ticks in a second as /proc reports them: fixed at 100 in Linux' interface to programs, on every architecture. */
const ticksPerSecond = 100;

/** All processes that run now; zombies are left out. From /proc on Linux, from `ps` elsewhere. */
export function readProcesses(): ProcessRow[] {
  if (process.platform === "linux") return readProc();
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,pgid=,stat=,rss=,time=,lstart="], {
    encoding: "utf8",
    env: { PATH: "/bin:/usr/bin", LC_ALL: "C" },
  });
  return parsePs(stdout);
}

/** Processes by `ps -o pid=,pgid=,stat=,rss=,time=,lstart=` (POSIX columns and lstart, which macOS and the BSDs have). */
export function parsePs(text: string): ProcessRow[] {
  const rows = text.matchAll(/^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\d+)\s+([\d:.-]+)\s+(\S.*?)\s*$/gm);
  return [...rows].flatMap(([, pid, group, stat, rss, time, started]) =>
    stat?.startsWith("Z")
      ? []
      : {
          pid: Number(pid),
          group: Number(group),
          session: Number(group),
          started: (started ?? "").replace(/\s+/g, " "),
          cpuMs: cpuTime(time ?? ""),
          memoryMib: Number(rss) / 1024,
        },
  );
}

/** The environment a process was started with, NUL-separated; undefined when it is not ours to read. */
export function readEnvironment(pid: number): string | undefined {
  return readProcFile(pid, "environ");
}

/** Memory that is really the process's: pages shared by n processes count 1/n. Undefined where the kernel does not tell. */
export function proportionalMib(pid: number): number | undefined {
  const match = /^Pss:\s+(\d+) kB/m.exec(readProcFile(pid, "smaps_rollup") ?? "");
  return match === null ? undefined : Number(match[1]) / 1024;
}

function readProc(): ProcessRow[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => parseStat(Number(pid), readProcFile(Number(pid), "stat") ?? ""));
}

/** proc(5): fields 3 state, 5 pgrp, 6 session, 14–17 times, 22 starttime, 24 rss in pages. */
function parseStat(pid: number, text: string): ProcessRow[] {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const at = (field: number) => Number(fields[field - 3]);
  if (fields.length < 22 || fields[0] === "Z" || fields[0] === "X") return [];
  return [
    {
      pid,
      group: at(5),
      session: at(6),
      started: fields[19] ?? "",
      cpuMs: ((at(14) + at(15) + at(16) + at(17)) * 1000) / ticksPerSecond,
      memoryMib: (at(24) * pageBytes()) / 2 ** 20,
    },
  ];
}

let knownPageBytes: number | undefined;

/** Page sizes differ between arm64 kernels. */
function pageBytes(): number {
  const env = { PATH: "/bin:/usr/bin" };
  knownPageBytes ??= Number(spawnSync("getconf", ["PAGESIZE"], { encoding: "utf8", env }).stdout) || 4096;
  return knownPageBytes;
}

function readProcFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    return undefined;
  }
}

/** `[DD-]HH:MM:SS` or `MM:SS.cc`. */
function cpuTime(text: string): number {
  const [days, clock] = text.includes("-") ? text.split("-") : ["0", text];
  const seconds = (clock ?? "").split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return (Number(days) * 86_400 + seconds) * 1000;
}
