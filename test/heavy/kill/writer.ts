import type { Random } from "../../../src/kernel/random.ts";
import type { Answer, Api } from "./server.ts";

/** An object as a client knows it: its resource version and its text, or that it is gone. */
export type Known = { readonly version: number; readonly uid: string; readonly text: string } | "gone";

const path = "/api/v1/namespaces/default/configmaps";

/** One client that makes, changes and deletes objects of its own, and remembers what it was told of each. */
export class Writer {
  /** By name, what the server acknowledged last. */
  readonly told = new Map<string, Known>();
  /** What was asked for and not answered, if anything: the server may have done it or not. */
  open: { readonly name: string; readonly text: string | undefined } | undefined;
  acknowledged = 0;

  readonly #id: number;
  readonly #random: Random;
  #count = 0;

  constructor(id: number, random: Random) {
    this.#id = id;
    this.#random = random;
  }

  /** Writes one after the other until the server is gone. */
  async run(api: Api): Promise<void> {
    for (;;) {
      try {
        await this.#step(api);
      } catch {
        return;
      }
    }
  }

  async #step(api: Api): Promise<void> {
    const living = [...this.told].filter(([, known]) => known !== "gone").slice(-30);
    const [name] = living[this.#random.integer(living.length)] ?? [];
    const dice = this.#random.integer(10);
    if (name === undefined || dice < 5) await this.#create(api);
    else if (dice < 8) await this.#patch(api, name);
    else await this.#delete(api, name);
  }

  async #create(api: Api): Promise<void> {
    const name = `w${this.#id}-${this.#count++}`;
    const text = this.#text();
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { text } };
    await this.#write(name, text, () => api.ask("POST", path, object));
  }

  async #patch(api: Api, name: string): Promise<void> {
    const text = this.#text();
    const type = "application/merge-patch+json";
    await this.#write(name, text, () => api.ask("PATCH", `${path}/${name}`, { data: { text } }, type));
  }

  async #delete(api: Api, name: string): Promise<void> {
    await this.#write(name, undefined, () => api.ask("DELETE", `${path}/${name}`));
  }

  async #write(name: string, text: string | undefined, ask: () => Promise<Answer>): Promise<void> {
    this.open = { name, text };
    const { status, body } = await ask();
    if (status > 201) throw new Error(`${name}: ${status} ${JSON.stringify(body)}`);
    const { resourceVersion, uid } = body.metadata;
    const known = { version: Number(resourceVersion), uid: String(uid), text: text ?? "" };
    this.told.set(name, text === undefined ? "gone" : known);
    this.open = undefined;
    this.acknowledged += 1;
  }

  #text(): string {
    return `${this.#random.uuid()}${"x".repeat(this.#random.integer(2000))}`;
  }

  /** What a restarted server has of this client's objects and should not, or the other way round; learns what became of `open`. */
  losses(found: ReadonlyMap<string, Exclude<Known, "gone">>): string[] {
    const { open } = this;
    this.open = undefined;
    if (open !== undefined) {
      const now = found.get(open.name);
      if (now?.text === open.text) this.told.set(open.name, now ?? "gone");
      else if (!this.told.has(open.name) && now === undefined) this.told.set(open.name, "gone");
    }
    return [...this.told].flatMap(([name, known]) => {
      const now = found.get(name) ?? "gone";
      return JSON.stringify(now) === JSON.stringify(known)
        ? []
        : `${name}: told ${JSON.stringify(known)}, found ${JSON.stringify(now)}`;
    });
  }
}
