import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What a type and its fields mean, for `kubectl explain`. */
export interface Descriptions {
  readonly type?: string;
  readonly fields: Readonly<Record<string, string>>;
}

const found = new Map<string, Descriptions>();
const comment = String.raw`/\*\*\n\s*\* (.*)\n\s*\*/\n\s*`;

/** Kubernetes' own words, read when they are asked for from the declarations that @kubernetes/client-node installs. */
export function descriptionsOf(type: string): Descriptions {
  const known = found.get(type);
  if (known !== undefined) return known;
  const text = declaration(type);
  const whole = new RegExp(`${comment}export declare class`).exec(text)?.[1];
  const fields = [...text.matchAll(new RegExp(`${comment}'(\\w+)'\\??:`, "g"))];
  const made = {
    ...(whole !== undefined && { type: unescaped(whole) }),
    fields: Object.fromEntries(fields.map(([, words = "", name = ""]) => [name, unescaped(words)])),
  };
  found.set(type, made);
  return made;
}

function declaration(type: string): string {
  const models = new URL("gen/models/", import.meta.resolve("@kubernetes/client-node"));
  for (const prefix of ["V1", "CoreV1", "RbacV1", "ApiextensionsV1"]) {
    try {
      return readFileSync(fileURLToPath(new URL(`${prefix}${type}.d.ts`, models)), "utf8");
    } catch {
      // Not under this prefix; a type without a declaration is explained without words
    }
  }
  return "";
}

function unescaped(text: string): string {
  return text.replace(/\\(["'])/g, "$1");
}
