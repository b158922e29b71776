/** HTML that is already safe. */
export interface Markup {
  readonly markup: string;
}

export type MarkupValue = Markup | string | number | undefined | false | readonly MarkupValue[];

/**
 * A template whose values are escaped unless they are Markup themselves, so that what pods are called and what they
 * print can be put anywhere: between tags and in quoted attributes. `undefined` and `false` leave nothing.
 */
export function html(parts: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  return { markup: parts.map((part, index) => (index === 0 ? part : render(values[index - 1]) + part)).join("") };
}

function render(value: MarkupValue): string {
  if (value === undefined || value === false) return "";
  if (typeof value === "string" || typeof value === "number") return escapeHtml(String(value));
  return "markup" in value ? value.markup : value.map(render).join("");
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function escapeHtml(text: string): string {
  return plainText(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

const escapeCharacter = String.fromCharCode(27);
const terminalCodes = new RegExp(`${escapeCharacter}\\[[0-9;?]*[A-Za-z]|${escapeCharacter}\\][^\\u0007]*\\u0007`, "g");
const unprintable = /[^\P{Cc}\n\t]/gu;
// marks that reverse the direction of text can make a name read as another one
const directionMarks = /[\u202a-\u202e\u2066-\u2069]/g;

/** Text without a terminal's colours and without characters that hide or reorder others. */
export function plainText(text: string): string {
  return text
    .replace(terminalCodes, "")
    .replace(/\r\n?/g, "\n")
    .replace(unprintable, "")
    .replace(directionMarks, "\ufffd");
}

/** A link that stays below the report's folder, whatever the path contains. */
export function relativeHref(path: string): string {
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== "." && segment !== "..");
  return `./${segments.map(encodeURIComponent).join("/")}`;
}
