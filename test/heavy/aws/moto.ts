import { type ChildProcess, execFile, spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const environment = join(import.meta.dirname, "..", "..", "..", "node_modules", ".cache", "aura-moto");
const startTimeoutMs = 60_000;

/** Moto's server: the AWS APIs in memory, on loopback. It checks no signatures; every key is of account 123456789012. */
export interface Moto {
  readonly url: string;
  /** Empties every account and region. */
  reset(): Promise<void>;
  stop(): void;
}

export interface FoundMoto {
  /** The path of `moto_server`; undefined when it cannot be had. */
  readonly program: string | undefined;
  /** Why not. */
  readonly problem: string;
}

/** `AURA_MOTO`, the one on PATH, or one that is put below node_modules/.cache once (Python's `venv` and pip, 25 s). */
export async function findMoto(): Promise<FoundMoto> {
  try {
    return { program: await motoProgram(), problem: "" };
  } catch (error) {
    const problem = `moto_server is not there: ${error instanceof Error ? error.message : error}`;
    console.warn(`SKIPPED ${problem}; pip install 'moto[server]==5.2.5', or AURA_MOTO=/path/to/moto_server`);
    return { program: undefined, problem };
  }
}

/**
 * Where moto 5.2.5 does other than EC2: by `tag-key` EC2 finds what has one of the keys, moto only what has all of them;
 * a NAT gateway's interface is in use and the service's own, and goes with it; an instance's goes with the instance.
 */
const corrected = `
import sys
import moto.ec2.utils as ec2
from moto.server import main

all_of = ec2.is_filter_matching

def one_of(resource, name, values):
    if name == "tag-key" and isinstance(values, list):
        return any(all_of(resource, name, [value]) for value in values)
    return all_of(resource, name, values)

ec2.is_filter_matching = one_of

from moto.ec2.models.nat_gateways import NatGatewayBackend

create, delete = NatGatewayBackend.create_nat_gateway, NatGatewayBackend.delete_nat_gateway

def create_with_interface(self, *args, **kwargs):
    gateway = create(self, *args, **kwargs)
    gateway._eni.requester_managed, gateway._eni.status = True, "in-use"
    return gateway

def delete_with_interface(self, nat_gateway_id):
    gateway = delete(self, nat_gateway_id)
    self.enis.pop(gateway._eni.id, None)
    return gateway

from moto.ec2.models.instances import Instance

terminate = Instance.terminate

def terminate_with_interfaces(self):
    interfaces = [interface.id for interface in self.nics.values()]
    state = terminate(self)
    for interface in interfaces:
        self.ec2_backend.enis.pop(interface, None)
    return state

Instance.terminate = terminate_with_interfaces
NatGatewayBackend.create_nat_gateway = create_with_interface
NatGatewayBackend.delete_nat_gateway = delete_with_interface
main(sys.argv[1:])
`;

/** Starts it on a free port of loopback, and waits until it answers. */
export async function startMoto(program: string): Promise<Moto> {
  const [python = "python3"] = /(?<=^#!).*python\S*/.exec(await readFile(program, "utf8")) ?? [];
  const child = spawn(python, ["-c", corrected, "-H", "127.0.0.1", "-p", "0"], { stdio: ["ignore", "pipe", "pipe"] });
  const end = () => void child.kill("SIGKILL");
  process.once("exit", end);
  const url = await addressOf(child);
  return {
    url,
    async reset() {
      const { status } = await fetch(`${url}/moto-api/reset`, { method: "POST" });
      if (status !== 200) throw new Error(`moto does not reset: ${status}`);
    },
    stop() {
      process.off("exit", end);
      end();
    },
  };
}

async function motoProgram(): Promise<string> {
  const { AURA_MOTO: given, PATH = "" } = process.env;
  if (given !== undefined) return runnable(given);
  const installed = join(environment, "bin", "moto_server");
  const candidates = [...PATH.split(delimiter).map((folder) => join(folder, "moto_server")), installed];
  for (const candidate of candidates) {
    const found = await runnable(candidate).catch(() => undefined);
    if (found !== undefined) return found;
  }
  await run("python3", ["-m", "venv", environment], { timeout: 120_000 });
  await run(join(environment, "bin", "pip"), ["install", "--quiet", "moto[server]==5.2.5"], { timeout: 300_000 });
  return runnable(installed);
}

async function runnable(path: string): Promise<string> {
  await access(path, constants.X_OK);
  return path;
}

/** It says where it listens, in its log; what it writes later has to be read too, or it stops at a full pipe. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = "";
    const timer = setTimeout(() => fail("it says nothing"), startTimeoutMs);
    const fail = (why: string) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new Error(`moto_server did not start: ${why}\n${log}`));
    };
    const hear = (part: string) => {
      if (log.length < 10_000) log += part;
      const [, url] = /Running on (http:\S+)/.exec(log) ?? [];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", hear);
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => fail(`exit status ${code}`));
  });
}
