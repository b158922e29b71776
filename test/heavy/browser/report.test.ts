import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { writeReport } from "../../../src/report/write-report.ts";
import type { TimelineEntry } from "../../../src/timeline/entries.ts";
import { at, sampleTimeline } from "../../timeline/sample.ts";

const executablePath = "/usr/bin/chromium";
const present = existsSync(executablePath);
if (!present) console.warn(`SKIPPED: no browser at ${executablePath}; install it with: apt-get install chromium`);

const quiet = ["networking", "timer-throttling"].map((what) => `--disable-background-${what}`);
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-component-update",
  "--disable-sync",
];

/** The sample with a name as long as Kubernetes allows and a pod that tries to be markup. */
function unkind(): TimelineEntry[] {
  const pod = {
    type: "pod",
    namespace: "default",
    uid: "u",
    requests: { cpuMillis: 1, memoryMib: 1, gpus: 0 },
  } as const;
  const attack = '<script>console.error("owned")</script><img src=x onerror=console.error(1)>';
  return [
    ...sampleTimeline(),
    at(60, { ...pod, name: "a".repeat(253), state: "running" }),
    at(60, { ...pod, uid: "v", name: attack, state: "failed", message: attack }),
    at(61, { type: "log", namespace: "default", pod: attack, container: "c", path: attack, bytes: 9, tail: attack }),
    at(62, {
      type: "log",
      namespace: "default",
      pod: "b".repeat(253),
      container: "c",
      path: "x",
      bytes: 9,
      tail: "z".repeat(4000),
    }),
  ];
}

describe.skipIf(!present)(`the report in a browser${present ? "" : ` (SKIPPED: no ${executablePath})`}`, () => {
  let browser: Browser;
  let folder: string;
  const urls: Record<string, string> = {};

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: [...args, ...quiet] });
    folder = await mkdtemp(join(tmpdir(), "aura-browser-"));
    for (const [name, entries] of Object.entries({ sample: sampleTimeline(), unkind: unkind(), empty: [] })) {
      const { report } = await writeReport({ directory: join(folder, name), entries });
      urls[name] = pathToFileURL(report?.html ?? "").href;
    }
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Opens a report and gives the page with everything it complained about or asked for. */
  async function open(name: string, width = 1280, colorScheme: "light" | "dark" = "light") {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => request.url() !== urls[name] && complaints.push(`asked for ${request.url()}`));
    await page.goto(urls[name] ?? "");
    return { page, complaints };
  }

  it.each(["sample", "unkind", "empty"])("opens %s without a complaint", async (name) => {
    const { page, complaints } = await open(name);
    expect(complaints).toEqual([]);
    expect(await page.locator("h1").textContent()).not.toBe("");
    expect(await page.locator("script, img, iframe").count()).toBe(0);
    await page.close();
  });

  it("shows every pod and node", async () => {
    const { page } = await open("sample");
    const rows = await page.locator("[data-pod], [data-node]").evaluateAll((elements) =>
      elements.map((element) => {
        const bars = [...element.querySelectorAll("rect")].map((bar) => bar.getBoundingClientRect().width);
        const label = element.querySelector(".label")?.textContent ?? "";
        const name = element.getAttribute("data-pod") ?? element.getAttribute("data-node") ?? "";
        return { name, labelled: label.includes(name), visible: bars.length > 0 && bars.every((width) => width > 0) };
      }),
    );
    const names = ["cpu-4h2kz", "app-9xk2p", "gpu-c9qtm", "gpu-test-b7d4w", "gpu-z2m6r", "gpu-test-q5n8s"];
    expect(rows).toEqual(names.map((name) => ({ name, labelled: true, visible: true })));
    await page.close();
  });

  it("draws the cost inside its frame", async () => {
    const { page } = await open("sample");
    const frame = await page.locator(".chart > svg").boundingBox();
    for (const curve of await page.locator(".chart path").all()) {
      const box = await curve.boundingBox();
      expect(box?.width).toBeGreaterThan(100);
      expect(box?.y).toBeGreaterThanOrEqual((frame?.y ?? 0) - 2);
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual((frame?.y ?? 0) + (frame?.height ?? 0));
    }
    await page.close();
  });

  it.each([360, 768, 1280, 1600])("never scrolls sideways at %i pixels", async (width) => {
    for (const name of ["sample", "unkind", "empty"]) {
      const { page } = await open(name, width);
      await page.locator("details").evaluateAll((all) => {
        for (const one of all) one.setAttribute("open", "");
      });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      await page.close();
    }
  });

  it("prints everything that is folded away", async () => {
    const { page } = await open("sample");
    const folded = page.locator("details pre").first();
    expect(await folded.isVisible()).toBe(false);
    expect((await page.pdf({ format: "A4" })).byteLength).toBeGreaterThan(20_000);
    await page.emulateMedia({ media: "print" });
    expect((await folded.boundingBox())?.height).toBeGreaterThan(10);
    await page.close();
  });

  it.each(["light", "dark"] as const)("is legible in the %s", async (scheme) => {
    const { page } = await open("sample", 1280, scheme);
    const contrasts = await textContrasts(page);
    expect(contrasts.length).toBeGreaterThan(150);
    expect(contrasts.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
    await page.close();
  });

  it("differs in the dark", async () => {
    const ground = async (scheme: "light" | "dark") => {
      const { page } = await open("sample", 1280, scheme);
      const colour = await page.evaluate("getComputedStyle(document.body).backgroundColor");
      await page.close();
      return colour;
    };
    expect(await ground("light")).not.toBe(await ground("dark"));
  });
});

/** The contrast of every element with text of its own against what is behind it. */
async function textContrasts(page: Page): Promise<{ text: string; contrast: number }[]> {
  return page.evaluate(await readFile(join(import.meta.dirname, "contrast.js"), "utf8"));
}
