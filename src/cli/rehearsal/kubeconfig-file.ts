import { realpath } from "node:fs/promises";
import { type Document, isMap, parseDocument } from "yaml";

import { Failure } from "../../kernel/failure.ts";
import { readText, writeAtomic } from "../../kernel/files.ts";

export interface Merged {
  readonly path: string;
  readonly context: string;
  /** Whether clients use the context without being told to. */
  readonly current: boolean;
}

const lists = ["clusters", "users", "contexts"] as const;

/**
 * Writes the one context of `from` into a kubeconfig, mode 0600: what else is there stays, comments too, and so does the
 * current context. A file that is not there yet becomes a copy. Fails with FILE_INVALID where the file is no kubeconfig.
 */
export async function mergeKubeconfig(from: string, file: string): Promise<Merged> {
  // what a link names is written, not the link
  const path = await realpath(file).catch(() => file);
  const ours = parse(from, (await readText(from)) ?? "");
  const context = String(ours.get("current-context"));
  const text = await readText(path);
  if (text === undefined || text.trim() === "") {
    await writeAtomic(path, String(ours), 0o600);
    return { path, context, current: true };
  }
  const theirs = parse(path, text);
  for (const list of lists) put(theirs, list, ours.toJS()[list][0], path);
  await writeAtomic(path, String(theirs), 0o600);
  return { path, context, current: theirs.get("current-context") === context };
}

function parse(path: string, text: string): Document.Parsed {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined || !isMap(document.contents)) {
    const why = error?.message.split("\n")[0] ?? "it holds no mapping";
    throw new Failure("FILE_INVALID", "this file is no kubeconfig, so nothing is written to it", {
      where: path,
      why,
      fix: "name another file: --kubeconfig FILE",
    });
  }
  return document;
}

/** The entry of this name is replaced, or added to the list. */
function put(document: Document.Parsed, list: string, entry: { readonly name: string }, path: string): void {
  const entries: unknown = document.toJS()[list] ?? [];
  if (!Array.isArray(entries)) {
    throw new Failure("FILE_INVALID", `${list} in this kubeconfig is no list, so nothing is written to it`, {
      where: path,
    });
  }
  const at = entries.findIndex((other: { name?: unknown } | null) => other?.name === entry.name);
  if (entries.length === 0) document.set(list, document.createNode([entry]));
  else document.setIn([list, at === -1 ? entries.length : at], document.createNode(entry));
}
