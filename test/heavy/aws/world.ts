import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { program } from "../../journeys/processes.ts";
import { type Aws, startAws } from "./aws.ts";
import { type EksEndpoint, startEksEndpoint } from "./eks-endpoint.ts";
import { type Provider, startProvider } from "./engine-wrapper.ts";
import { AwsError } from "./front-reply.ts";
import { type WorldCluster, worldCluster } from "./world-cluster.ts";
import { cluster, writeAwsCli, writeProject } from "./world-project.ts";

// A whole AWS for one command line: moto behind the front, the real engine with the provider's part played, an EKS that
// is a rehearsal's server behind an endpoint that checks tokens, charts by the real helm.

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Kills it after so many lines of its journal. */
  readonly crashAfter?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Told of the process when it runs. */
  readonly onChild?: (child: ChildProcess) => void;
  /** Hears what it says. */
  readonly onText?: (text: string) => void;
  readonly timeoutMs?: number;
}

export interface World {
  /** The project's folder. */
  readonly directory: string;
  readonly aws: Aws;
  readonly provider: Provider;
  readonly endpoint: EksEndpoint;
  readonly cluster: WorldCluster;
  /** Runs the built command line to its end. */
  aura(argv: readonly string[], options?: CommandOptions): Promise<Ended>;
  stop(): Promise<void>;
}

export interface WorldTools {
  readonly moto: string;
  readonly engine: string;
  /** A folder with helm. */
  readonly helm: string;
}

const crash = pathToFileURL(join(import.meta.dirname, "..", "..", "fakes", "crash-after.mjs")).href;
/** The role that the stand-ins of the AWS provider take for whoever applies. */
const caller = "arn:aws:sts::123456789012:assumed-role/deployer/aura";

export async function startWorld(tools: WorldTools, project: { readonly more?: string } = {}): Promise<World> {
  const directory = await mkdtemp(join(tmpdir(), "aura-world-"));
  const aws = await startAws(tools.moto);
  const bin = join(directory, "bin");
  await writeAwsCli(join(directory, "pod-bin"), aws.front.url);
  await writeProject(directory, project);
  const provider = await startProvider({ engine: tools.engine, name: "tofu", bin, aws: aws.inside });
  const podPath = `${join(directory, "pod-bin")}:${process.env["PATH"]}`;
  const kubernetes = worldCluster({ aws: aws.inside, cluster, families: ["m7i", "m7a", "g4dn", "g5"], podPath });
  connect(aws, kubernetes);
  const endpoint = await startEksEndpoint({
    ...{ cluster, front: aws.front, clients: aws.inside },
    secretAccessKey: `${aws.env["AWS_SECRET_ACCESS_KEY"]}`,
    upstream: kubernetes.upstream,
  });
  const env = { ...aws.env, PATH: `${bin}:${tools.helm}:${process.env["PATH"]}`, HOME: directory };
  let isOpen = true;
  return {
    ...{ directory, aws, provider, endpoint, cluster: kubernetes },
    aura: (argv, options = {}) => run(directory, argv, { ...options, env: { ...env, ...options.env } }),
    async stop() {
      if (!isOpen) return;
      isOpen = false;
      await endpoint.stop();
      await kubernetes.stop();
      provider.stop();
      await aws.front.stop();
      aws.moto.stop();
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** EKS has an API server from CreateCluster to DeleteCluster; whoever calls is the deployer's role. */
function connect({ front }: Aws, kubernetes: WorldCluster): void {
  front.answer("STS", "GetCallerIdentity", () => ({ Account: "123456789012", Arn: caller, UserId: "AROA:aura" }));
  front.answer("EKS", "CreateCluster", async ({ input }, forward) => {
    if (input["name"] !== cluster) return undefined;
    const reply = await forward();
    if (reply.status !== 200) throw new AwsError("ResourceInUseException", `Cluster already exists: ${cluster}`, 409);
    await kubernetes.start();
    return JSON.parse(reply.body.toString());
  });
  front.answer("EKS", "DeleteCluster", async ({ input }) => {
    if (input["name"] === cluster) await kubernetes.stop();
    return undefined;
  });
}

function run(directory: string, argv: readonly string[], options: CommandOptions): Promise<Ended> {
  const { crashAfter, env, onChild, onText, timeoutMs = 240_000 } = options;
  const crashing =
    crashAfter === undefined ? {} : { CRASH_AFTER: String(crashAfter), NODE_OPTIONS: `--import=${crash}` };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...argv], {
      cwd: directory,
      env: { ...env, ...crashing, TERM: "xterm" },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    onChild?.(child);
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (text: string) => {
        texts[name] += text;
        onText?.(text);
      });
    // not `close`: an engine that goes on may keep the pipes
    child.once("exit", (code, signal) => setTimeout(() => resolve({ code, signal, ...texts }), 20));
  });
}
