import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import type { BackgroundCommand } from "../../src/cli/background-process.ts";
import type { Context, StopSignal } from "../../src/cli/context.ts";
import type { Prompts } from "../../src/cli/init/prompts.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { systemClock } from "../../src/kernel/clocks.ts";
import { makeFolder } from "../../src/kernel/files.ts";
import type { ProcessIdentity } from "../../src/kernel/processes.ts";
import { seededRandom } from "../../src/kernel/random.ts";
import { systemCommands } from "../../src/kernel/system-commands.ts";
import { type RehearsalServer, startServer } from "../../src/rehearsal/server.ts";
import { readOptions } from "../../src/rehearsal/server-files.ts";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Stdout as the one JSON object it must be. */
  json<T = Record<string, unknown>>(): T;
}

/** A person's project folder, with the whole command line in this process and real rehearsal servers in it too. */
export interface Project {
  readonly directory: string;
  /** The servers that run now, by data folder. */
  readonly servers: ReadonlyMap<string, RehearsalServer>;
  write(path: string, text: string): Promise<void>;
  read(path: string): Promise<string>;
  /** Runs one command line to its end. */
  aura(...argv: string[]): Promise<Outcome>;
  /** Sends a signal to the command that runs now, as Ctrl-C does. */
  signal(name: StopSignal): void;
  /** The environment variables of its commands; none at first. */
  env: Readonly<Record<string, string>>;
  /** What the terminal answers when a command asks; undefined where there is nobody. */
  answer: boolean | undefined;
  /** Who answers longer questions; undefined where there is nobody. */
  prompts: Prompts | undefined;
  /** Hears every line of progress; a test acts at the right moment by it. */
  onLine: (line: string) => void;
  /** Called when a command begins to listen for signals. */
  onListen: () => void;
  /** The question that is put now; a test may send a signal by it before `answer` is given. */
  onQuestion: (question: string) => void;
  /** What commands left to run in the background; a test runs it, or does not. */
  readonly backgrounds: BackgroundCommand[];
  /** The exit codes of commands that ended their process at once. */
  readonly exits: number[];
}

const environmentFile = `version: 1
name: test
region: us-east-1
pools:
  cpu: { families: [m7i, m7a, c7i], hold: 30s, limits: { cpu: 64 } }
  gpu: { families: [g4dn, g5, g6], hold: 30s, limits: { gpus: 8 } }
timeout: 30m
jobs: [jobs.yml]
rehearsal: { speed: 2000, seed: 7 }
`;

export async function project(
  options: { readonly environment?: string; readonly jobs?: string } = {},
): Promise<Project> {
  const directory = await mkdtemp(join(tmpdir(), "aura-journey-"));
  const servers = new Map<string, RehearsalServer>();
  const handlers = new Set<(signal: StopSignal) => void>();
  await writeFile(join(directory, "aura.yaml"), options.environment ?? environmentFile);
  await writeFile(join(directory, "jobs.yml"), options.jobs ?? timerJob("work"));
  onTestFinished(async () => {
    for (const server of servers.values()) await server.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  });

  const made: Project = {
    directory,
    servers,
    env: {},
    answer: undefined,
    prompts: undefined,
    onLine: () => {},
    onListen: () => {},
    onQuestion: () => {},
    exits: [],
    backgrounds: [],
    async write(path, text) {
      await makeFolder(join(directory, path, ".."));
      await writeFile(join(directory, path), text);
    },
    read: (path) => readFile(join(directory, path), "utf8"),
    async aura(...argv) {
      const output = { stdout: "", stderr: "" };
      const process_ = {
        stdout: {
          write(text: string) {
            output.stdout += text;
          },
        },
        stderr: {
          write(text: string) {
            output.stderr += text;
            made.onLine(text);
          },
        },
        env: made.env,
        exitCode: undefined as number | string | null | undefined,
      };
      const context: Context = {
        process: process_,
        version: "0.0.0-test",
        cwd: directory,
        clock: systemClock(),
        random: seededRandom(11),
        host: "test-host",
        pid: process.pid,
        program: [process.execPath, join(import.meta.dirname, "..", "..", "dist", "main.js")],
        args: argv,
        commandLine: ["aura", ...argv].join(" "),
        onSignal(handler) {
          handlers.add(handler);
          made.onListen();
          return () => handlers.delete(handler);
        },
        exit: (code) => void made.exits.push(code),
        async confirm(question, signal) {
          made.onQuestion(question);
          return signal?.aborted === true ? undefined : made.answer;
        },
        prompts: async () => made.prompts,
        servers: inProcessServers(servers),
        commands: systemCommands,
        async background(command) {
          made.backgrounds.push(command);
          return 4711;
        },
      };
      await runCli(argv, context);
      return { code: Number(process_.exitCode), ...output, json: () => JSON.parse(output.stdout) };
    },
    signal(name) {
      for (const handler of [...handlers]) handler(name);
    },
  };
  return made;
}

function inProcessServers(servers: Map<string, RehearsalServer>): Context["servers"] {
  // all of them live in this process: only their addresses tell them apart
  const serverOf = (record: ProcessIdentity) =>
    [...servers].find(([, server]) => "url" in record && server.url === record.url);
  return {
    async launch(dataDir) {
      const options = await readOptions(dataDir);
      if (options === undefined) throw new Error("launched without options");
      const deps = {
        clock: systemClock(),
        pid: process.pid,
        // a bug in the server must not hide behind a retry
        log: (message: string) => {
          throw new Error(message);
        },
        hostEnv: { PATH: process.env["PATH"], LANG: process.env["LANG"] },
        onExpired: () => void servers.get(dataDir)?.stop(),
      };
      servers.set(dataDir, await startServer(dataDir, options, deps));
    },
    isAlive: (record) => serverOf(record) !== undefined,
    async end(record) {
      const [dataDir, server] = serverOf(record) ?? [];
      await server?.stop();
      servers.delete(dataDir ?? "");
    },
  };
}

/** The repository's own environment and jobs, in a project of their own. */
export async function committedProject(): Promise<Project> {
  const made = await project();
  const root = join(import.meta.dirname, "..", "..");
  await cp(join(root, "aura.yaml"), join(made.directory, "aura.yaml"));
  await cp(join(root, "Karpenter"), join(made.directory, "Karpenter"), { recursive: true });
  return made;
}

interface JobOptions {
  readonly gpus?: number;
  readonly duration?: string;
  readonly exitCode?: number;
  readonly backoffLimit?: number;
  readonly cpu?: string;
  readonly extra?: string;
}

/** A job that is a timer. */
export function timerJob(name: string, options: JobOptions = {}): string {
  const { gpus = 0, duration = "20s", exitCode = 0, backoffLimit = 0, cpu = "1" } = options;
  const gpu = gpus === 0 ? "" : `, limits: { nvidia.com/gpu: ${gpus} }`;
  return `apiVersion: batch/v1
kind: Job
metadata: { name: ${name} }
spec:
  backoffLimit: ${backoffLimit}
  template:
    metadata:
      annotations: { aura.dev/simulated-duration: ${duration}, aura.dev/simulated-exit-code: "${exitCode}" }
    spec:
      restartPolicy: Never
      tolerations: [{ key: nvidia.com/gpu, operator: Exists, effect: NoSchedule }]
      containers:
        - { name: main, image: busybox, resources: { requests: { cpu: "${cpu}", memory: 1Gi }${gpu} } }
`;
}

/** A job that is a shell script on this machine. */
export function processJob(name: string, script: string, options: { readonly backoffLimit?: number } = {}): string {
  return `apiVersion: batch/v1
kind: Job
metadata: { name: ${name} }
spec:
  backoffLimit: ${options.backoffLimit ?? 0}
  template:
    metadata:
      annotations: { aura.dev/rehearsal: process, aura.dev/outputs: /outputs }
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 2
      containers:
        - name: main
          image: busybox
          command: [sh, -c, ${JSON.stringify(script)}]
          env: [{ name: AURA_OUTPUT_DIR, value: /outputs }]
          volumeMounts: [{ name: outputs, mountPath: /outputs }]
          resources: { requests: { cpu: "1", memory: 256Mi } }
      volumes: [{ name: outputs, emptyDir: {} }]
`;
}

/** Acts when a line of progress matches, once. */
export function when(made: Project, pattern: RegExp, act: () => void): void {
  let done = false;
  made.onLine = (line) => {
    if (done || !pattern.test(line)) return;
    done = true;
    act();
  };
}

/** Sends a signal when a line of progress matches, once. */
export function signalAt(made: Project, pattern: RegExp, name: StopSignal = "SIGINT"): void {
  when(made, pattern, () => made.signal(name));
}
