/** What no repository should hold: what npm, the engine and Aura make. */
const ignored = ["node_modules/", ".aura/", "/report/", ".terraform/"];

/** A `.gitignore` that has all of them; what is in it stays. */
export function ignoreText(current = ""): string {
  const bare = (line: string) => line.trim().replace(/^\/|\/$/g, "");
  const there = new Set(current.split("\n").map(bare));
  const lacking = ignored.filter((line) => !there.has(bare(line)));
  if (lacking.length === 0) return current;
  const gap = current === "" || current.endsWith("\n") ? "" : "\n";
  return `${current}${gap}${lacking.join("\n")}\n`;
}
