import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";

import type { AwsClients } from "../../../src/aws/clients.ts";
import { isMissing } from "../../../src/aws/errors.ts";
import type { Json } from "../../synth/terraform/documents.ts";
import { standIn } from "../terraform/stand-in.ts";
import { resourceKinds, type Tags } from "./provider-kinds.ts";

// The real engine works on the whole configuration without the AWS provider: on `init` every AWS resource becomes a
// `terraform_data` (stand-in.ts), and a command of it makes or removes, when its turn comes, the same thing in the
// account. So the account is at every moment as far as the engine is, and an engine that dies leaves what a real one
// leaves: things that the state does not know of yet.

/** One resource at its turn. */
export interface Turn {
  readonly action: "create" | "remove";
  /** Before the account is asked, or after. */
  readonly moment: "before" | "after";
  /** Such as `aws_vpc.this`. */
  readonly resource: string;
  /** Counts the turns of this action, from 1. */
  readonly number: number;
}

export interface Provider {
  /** A folder with `tofu` (or `terraform`), for PATH. */
  readonly bin: string;
  /** Waited for at each turn; may kill the engine. Throws to refuse. */
  onTurn: ((turn: Turn) => void | Promise<void>) | undefined;
  /**
   * Whether what is made a second time takes the place of the first: an engine that was interrupted has what was under
   * way in its state, as tainted, and the AWS provider removes it first; of a stand-in that is tainted it forgets to.
   */
  replaces: boolean;
  /** How many turns there were. */
  readonly turns: { create: number; remove: number };
  stop(): void;
}

export interface ProviderOptions {
  /** The real engine. */
  readonly engine: string;
  readonly name: "tofu" | "terraform";
  /** An empty folder. */
  readonly bin: string;
  readonly aws: AwsClients;
}

/** `AURA_TOFU`, or tofu or terraform on PATH; undefined where there is none, and then it is said. */
export function findRealEngine(): string | undefined {
  const { AURA_TOFU: given, PATH = "" } = process.env;
  const named = ["tofu", "terraform"].flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name)));
  const found = [...(given === undefined ? [] : [given]), ...named].find((path) => existsSync(path));
  if (found === undefined)
    console.warn("SKIPPED: neither AURA_TOFU nor tofu nor terraform on PATH: nothing is applied");
  return found;
}

/** Puts a program before the real engine that plays the AWS provider. */
export async function startProvider({ engine, name, bin, aws }: ProviderOptions): Promise<Provider> {
  const ids = new Map<string, string>();
  const made = new Map<string, string>();
  let defaultTags: Tags = {};
  const server = createServer((request, response) => {
    text(request)
      .then(async (body) => {
        const [, verb = "", type = "", resource = ""] = (request.url ?? "").split("/");
        if (verb === "stand-in") defaultTags = await standInAll(body, url);
        else await turn({ action: verb === "create" ? "create" : "remove", type, resource, body });
        response.end();
      })
      // as the provider words it: the engine puts it into its diagnostic
      .catch((error: Error) => response.writeHead(500).end(`Error: ${error.name}: ${error.message}`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const turn = async (asked: { action: Turn["action"]; type: string; resource: string; body: string }) => {
    const { action, type } = asked;
    const resource = `${type}.${asked.resource}`;
    provider.turns[action] += 1;
    const about = { action, resource, number: provider.turns[action] };
    await provider.onTurn?.({ ...about, moment: "before" });
    const self = JSON.parse(asked.body) as { id: string; input: Json };
    const input = resolved(self.input, ids);
    const wanted = { input, tags: { ...defaultTags, ...input.tags } };
    const kind = resourceKinds[type];
    if (kind === undefined) throw new Error(`no ${type} here`);
    if (action === "create") {
      const key = `${resource} ${JSON.stringify(input)}`;
      const before = made.get(key);
      if (provider.replaces && before !== undefined) await kind.remove(before, wanted, aws).catch(unlessGone);
      const id = await kind.create(wanted, aws);
      ids.set(self.id, id);
      made.set(key, id);
    } else {
      const id = ids.get(self.id);
      if (id !== undefined) await kind.remove(id, wanted, aws).catch(unlessGone);
      made.delete(`${resource} ${JSON.stringify(input)}`);
    }
    await provider.onTurn?.({ ...about, moment: "after" });
  };
  const provider: Provider = {
    bin,
    onTurn: undefined,
    replaces: false,
    turns: { create: 0, remove: 0 },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, name), script(engine, url));
  await chmod(join(bin, name), 0o755);
  return provider;
}

/** The engine takes the shell's place: it has the process id that it was started with, and gets the signals. */
const script = (engine: string, url: string) => `#!/bin/sh
case "$1" in init) pwd | curl -sS --fail-with-body --data-binary @- ${url}/stand-in || exit 1 ;; esac
exec ${engine} "$@"
`;

/** A provider takes what is gone already for removed. */
function unlessGone(error: unknown): void {
  const isGone = isMissing(error) || (error instanceof Error && /NotFound|NoSuch|not exist/i.test(error.name));
  if (!isGone) throw error;
}

/** Rewrites the documents of a work folder; returns the tags that the provider puts on everything. */
async function standInAll(body: string, url: string): Promise<Tags> {
  const root = body.trim();
  const modules = join(root, "..", "..", "modules");
  const folders = [root, ...(await readdir(modules, { recursive: true })).map((name) => join(modules, name))];
  for (const folder of folders) {
    const path = join(folder, "main.tf.json");
    const document = await readFile(path, "utf8").catch(() => undefined);
    if (document !== undefined) await writeFile(path, JSON.stringify(provided(standIn(JSON.parse(document)), url)));
  }
  const values = await Promise.all(
    ["terraform.tfvars.json", "aura.auto.tfvars.json"].map(async (file) =>
      JSON.parse(await readFile(join(root, file), "utf8").catch(() => "{}")),
    ),
  );
  const {
    extra_tags = {},
    environment,
    run = "manual",
    expires_at = "never",
    owner,
    region,
  } = Object.assign({}, ...values);
  const own = {
    "aura:environment": environment,
    "aura:run": run,
    "aura:expires-at": expires_at,
    "aura:region": region,
    owner,
  };
  return { ...extra_tags, ...own, "managed-by": "aura" };
}

/** Each stand-in tells this server when it comes and goes. */
function provided(document: Json, url: string): Json {
  const { terraform_data: blocks = {} } = document.resource ?? {};
  const all = Object.entries<Json>(blocks).map(([name, block]) => {
    const [type = "", resource = ""] = name.split("__");
    return [
      name,
      type in resourceKinds ? { ...block, provisioner: provisioners(`${url}/%/${type}/${resource}`) } : block,
    ];
  });
  return { ...document, ...(all.length > 0 && { resource: { terraform_data: Object.fromEntries(all) } }) };
}

function provisioners(url: string): Json[] {
  const call = (action: string) => ({
    command: `printf %s "$SELF" | curl -sS --fail-with-body --data-binary @- ${url.replace("%", action)}`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of the engine's language
    environment: { SELF: "${jsonencode({ id = self.id, input = self.input })}" },
    quiet: true,
  });
  return [{ "local-exec": call("create") }, { "local-exec": { ...call("remove"), when: "destroy" } }];
}

/** With the account's names in place of the engine's. */
function resolved(value: Json, ids: ReadonlyMap<string, string>): Json {
  if (Array.isArray(value)) return value.map((one) => resolved(one, ids));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, ids)]));
  return typeof value === "string" ? (ids.get(value) ?? value) : value;
}
