import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface ContainerEngine {
  readonly name: "docker" | "podman";
  /** What runs it: the name, found on PATH. */
  readonly command: string;
  /** The environment its client needs, and no more. */
  readonly environment: Readonly<Record<string, string>>;
}

export type FindEngine = () => Promise<ContainerEngine | undefined>;

/** Looks for an engine when first asked, and once. */
export function engineFinder(hostEnv: Readonly<Record<string, string | undefined>>): FindEngine {
  let looked: Promise<ContainerEngine | undefined> | undefined;
  return () => {
    looked ??= findEngine(hostEnv);
    return looked;
  };
}

/** Variables that tell docker's and podman's clients where their engine and their credentials are. */
const clientVariables = [
  "PATH",
  "HOME",
  "XDG_RUNTIME_DIR",
  "XDG_CONFIG_HOME",
  "XDG_DATA_HOME",
  "DOCKER_HOST",
  "DOCKER_CONFIG",
  "DOCKER_CONTEXT",
  "DOCKER_TLS_VERIFY",
  "DOCKER_CERT_PATH",
  "CONTAINER_HOST",
  "DBUS_SESSION_BUS_ADDRESS",
];

/** How to ask whether there is an engine behind the client. */
const probes = [
  { name: "docker", options: ["version", "--format", "{{.Server.Version}}"] },
  { name: "podman", options: ["info", "--format", "{{.Host.OS}}"] },
] as const;

/** The first of docker and podman that is installed and answers within three seconds. */
export async function findEngine(
  hostEnv: Readonly<Record<string, string | undefined>>,
): Promise<ContainerEngine | undefined> {
  const environment = Object.fromEntries(
    clientVariables.flatMap((name) => (hostEnv[name] === undefined ? [] : [[name, hostEnv[name]]])),
  );
  for (const { name, options } of probes) {
    const answer = await promisify(execFile)(name, options, { env: environment, timeout: 3000 }).catch(() => undefined);
    if (answer !== undefined && answer.stdout.trim() !== "") return { name, command: name, environment };
  }
  return undefined;
}
