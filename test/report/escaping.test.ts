import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderHtml } from "../../src/report/html.ts";
import { renderMarkdown } from "../../src/report/markdown.ts";
import { escapeHtml, html, plainText, relativeHref } from "../../src/report/markup.ts";
import type { TimelineEntry } from "../../src/timeline/entries.ts";
import { timelineModel } from "../../src/timeline/model.ts";
import { sampleTimeline } from "../timeline/sample.ts";

const allowedTags = new Set(
  "html head meta title style body main header p h1 h2 span div a aside ul li strong b i section article pre table caption thead tbody tfoot tr th td details summary footer time svg g rect line text path".split(
    " ",
  ),
);

/** Every tag, with its attributes' names. */
function tagsOf(page: string): { name: string; attributes: string[] }[] {
  return [
    ...page
      .replace(/<style>[\s\S]*?<\/style>/, "")
      .matchAll(/<([a-zA-Z!][^\s>/]*)((?:\s+[^\s=>]+(?:="[^"]*")?)*)\s*\/?>/g),
  ].map(([, name = "", attributes = ""]) => ({
    name,
    attributes: [...attributes.matchAll(/\s([^\s=>]+)(?:="[^"]*")?/g)].map(([, attribute = ""]) => attribute),
  }));
}

/** The sample with text put into every field that others write. */
function poisoned(text: string): TimelineEntry[] {
  return sampleTimeline().map((entry): TimelineEntry => {
    switch (entry.type) {
      case "run":
        return { ...entry, run: text, environment: text, target: text, region: text, version: text, simulated: [text] };
      case "pod":
        return { ...entry, name: text, reason: text, message: text, job: text };
      case "job":
        return { ...entry, name: text, message: text };
      case "node":
        return { ...entry, name: text, instanceType: text, zone: text, gpu: text, pool: text };
      case "wait":
        return { ...entry, pod: text, reason: text };
      case "event":
        return { ...entry, name: text, kind: text, reason: text, message: text };
      case "charge":
        return { ...entry, name: text, source: text };
      case "estimate":
        return { ...entry, name: text, source: text };
      case "log":
        return { ...entry, pod: text, container: text, path: text, tail: text };
      case "output":
        return { ...entry, pod: text, path: text };
      case "leftovers":
        return { ...entry, checked: [text], found: [{ kind: text, name: text, fix: text }] };
      case "phase":
        return { ...entry, message: text };
      default:
        return entry;
    }
  });
}

const attacks = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "</title></style></pre><svg onload=alert(1)>",
  "<!-- <iframe src=//example.test>",
  "javascript:alert(1)",
  "&lt;script&gt;",
];

describe("names, logs and messages of others", () => {
  it.each(attacks)("never become markup: %s", (attack) => {
    const page = renderHtml(timelineModel(poisoned(attack)));
    const tags = tagsOf(page);
    expect(tags.length).toBeGreaterThan(100);
    for (const { name, attributes } of tags) {
      if (name !== "!doctype") expect(allowedTags).toContain(name.toLowerCase());
      expect(attributes.filter((attribute) => /^on|^src$|^style$/i.test(attribute))).toEqual([]);
    }
    for (const [, href = ""] of page.matchAll(/href="([^"]*)"/g)) expect(href).toMatch(/^(#|\.\/)/);
    expect(page).toContain(escapeHtml(attack));
  });

  it("leave the structure of the page alone", () => {
    const structure = (text: string) => tagsOf(renderHtml(timelineModel(poisoned(text)))).map(({ name }) => name);
    const plain = structure("plain");
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: "binary" }).filter((text) => plainText(text).trim() !== ""),
        (text) => {
          expect(structure(text)).toEqual(plain);
        },
      ),
      { seed: 7, numRuns: 40 },
    );
  });

  it("never become markup in Markdown either", () => {
    for (const attack of attacks) {
      const text = renderMarkdown(timelineModel(poisoned(attack)));
      const outside = text.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, "");
      expect(outside).not.toMatch(/<[a-zA-Z!/]/);
      expect(outside).not.toMatch(/\]\((?!\.\/)/);
    }
  });

  it("cannot close a fence of Markdown", () => {
    const text = renderMarkdown(timelineModel(poisoned("a\n```\n# not a heading\n````\nb")));
    expect(text).toContain("`````text\na\n```\n# not a heading\n````\nb\n`````");
  });

  it("cannot break out of a table's cell", () => {
    const cells = (text: string) =>
      renderMarkdown(timelineModel(poisoned(text)))
        .replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, "")
        .split("\n")
        .map((line) => line.replaceAll("\\\\", "").match(/(?<!\\)\|/g)?.length ?? 0);
    const attack = "a | b\n| c \\| d\n# e";
    expect(cells(attack)).toEqual(cells("plain"));
    expect(renderMarkdown(timelineModel(poisoned(attack)))).toContain("a \\| b \\| c \\\\\\| d \\# e");
  });

  it.each([
    ["logs/a b.log", "./logs/a%20b.log"],
    ["javascript:alert(1)", "./javascript%3Aalert(1)"],
    ["//host.test/x", "./host.test/x"],
    ["../../etc/passwd", "./etc/passwd"],
    ['a"b#c?d', "./a%22b%23c%3Fd"],
  ])("link only below the report: %s", (path, href) => {
    expect(relativeHref(path)).toBe(href);
  });

  it.each([
    ["colours of a terminal", "\u001b[31mred\u001b[0m", "red"],
    ["titles of a terminal", "\u001b]0;title\u0007text", "text"],
    ["characters nobody sees", "a\u0000b\u0008c", "abc"],
    ["marks that reverse text", "a\u202eb", "a\ufffdb"],
    ["ends of lines", "a\r\nb\rc\td", "a\nb\nc\td"],
  ])("lose %s", (_, text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it("keep markup that is made here", () => {
    expect(html`<p>${[html`<b>${"<"}</b>`, undefined, false, 3, "&"]}</p>`.markup).toBe("<p><b>&lt;</b>3&amp;</p>");
  });
});
