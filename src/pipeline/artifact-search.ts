import { readdir } from "node:fs/promises";
import { join, posix } from "node:path";

export interface ArtifactFiles {
  /** What the paths in the artifact begin at, from the repository's folder; empty for that folder. */
  readonly root: string;
  /** From the repository's folder. */
  readonly files: readonly string[];
}

/**
 * The files that lines of `path:` name, as actions/upload-artifact finds them: a folder stands for all in it, `!` takes
 * away, and what lies in or is a dotfile counts only with `hidden`. Throws an Error for a path outside.
 */
export async function searchFiles(folder: string, lines: readonly string[], hidden: boolean): Promise<ArtifactFiles> {
  const patterns = lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  const wanted = patterns.filter((line) => !line.startsWith("!")).map(normal);
  const unwanted = patterns.filter((line) => line.startsWith("!")).map((line) => regexOf(normal(line.slice(1))));
  const bases = [...new Set(wanted.map(baseOf))];
  const tops = bases.filter((base) => !bases.some((other) => other !== base && isBelow(base, other)));
  const found = (await Promise.all(tops.map((base) => filesBelow(folder, base)))).flat();
  const regexes = wanted.map(regexOf);
  const files = found.filter(
    (file) => matches(file, regexes) && !matches(file, unwanted) && (hidden || !isHidden(file)),
  );
  return { root: rootOf(tops, files), files: [...new Set(files)].sort() };
}

function normal(line: string): string {
  const path = posix.normalize(line).replace(/\/$/, "");
  if (posix.isAbsolute(path) || path.startsWith("..") || path.startsWith("~") || path.includes("[")) {
    throw new Error(`a rehearsal takes paths in the repository's folder, without [ ] or ~, not: ${line}`);
  }
  return path === "." ? "" : path;
}

/** The folder, or file, before the first wildcard. */
function baseOf(pattern: string): string {
  const parts = pattern.split("/");
  const wild = parts.findIndex((part) => /[*?]/.test(part));
  return (wild === -1 ? parts : parts.slice(0, wild)).join("/");
}

function isBelow(path: string, folder: string): boolean {
  return folder === "" || path.startsWith(`${folder}/`);
}

/** Of one base it is the base itself, or the folder of the file that it is; of several, what they have in common. */
function rootOf(tops: readonly string[], files: readonly string[]): string {
  const [only = ""] = tops;
  if (tops.length === 1) return files.length === 1 && files[0] === only ? parent(only) : only;
  const split = tops.map((path) => path.split("/"));
  const [first = []] = split;
  const end = first.findIndex((part, index) => split.some((parts) => parts[index] !== part));
  return (end === -1 ? first : first.slice(0, end)).join("/");
}

function parent(path: string): string {
  const folder = posix.dirname(path);
  return folder === "." ? "" : folder;
}

function regexOf(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/|\*\*|\*|\?|[.+^${}()|\\]/g, (sign) => wildcards[sign] ?? `\\${sign}`);
  return new RegExp(`^${source}$`);
}

const wildcards: Readonly<Record<string, string>> = { "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]" };

/** A pattern that matches a folder means all in it. */
function matches(file: string, patterns: readonly RegExp[]): boolean {
  const parts = file.split("/");
  const prefixes = ["", ...parts.map((_, index) => parts.slice(0, index + 1).join("/"))];
  return patterns.some((pattern) => prefixes.some((prefix) => pattern.test(prefix)));
}

function isHidden(file: string): boolean {
  return file.split("/").some((part) => part.startsWith("."));
}

async function filesBelow(folder: string, path: string): Promise<string[]> {
  const entries = await readdir(join(folder, path), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOTDIR") return undefined;
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (entries === undefined) return [path];
  const found = entries.map(async (entry) => {
    const below = path === "" ? entry.name : `${path}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(folder, below) : [below];
  });
  return (await Promise.all(found)).flat();
}
