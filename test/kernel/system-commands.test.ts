import { chmod, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeEach, describe, expect, test } from "vitest";

import type { CommandOptions } from "../../src/kernel/commands.ts";
import { isAlive, type ProcessIdentity } from "../../src/kernel/processes.ts";
import { systemCommands } from "../../src/kernel/system-commands.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aura-commands-"));
});

const env = { PATH: process.env["PATH"] };
const shell = (script: string, more: Partial<CommandOptions> = {}) =>
  systemCommands.run({ command: "sh", args: ["-c", script], env, ...more });

describe("a program", () => {
  test("is judged by its exit status", async () => {
    expect(await shell("echo out; echo err >&2; exit 3")).toEqual({
      code: 3,
      signal: null,
      stdout: "out\n",
      stderr: "err\n",
    });
  });

  test("sees its environment and no other", async () => {
    expect((await shell("env", { env: { ...env, ONE: "1" } })).stdout).not.toContain("HOME=");
  });

  test("reads its input, or does without", async () => {
    expect((await shell("cat", { input: "given\n" })).stdout).toBe("given\n");
    expect((await shell("cat")).stdout).toBe("");
  });

  test("may end before it has read everything", async () => {
    expect((await shell("exec true", { input: "x".repeat(4_000_000) })).code).toBe(0);
  });

  test("is heard line by line, whole lines", async () => {
    const lines: string[] = [];
    await shell("printf 'on'; sleep 0.1; printf 'e\\r\\ntwo'", { onLine: (line) => lines.push(line) });
    expect(lines).toEqual(["one", "two"]);
  });

  test("is not waited for by what it leaves behind", async () => {
    const { stdout } = await shell("echo first; sleep 20 & echo $!");
    const [first, pid] = stdout.trim().split("\n");
    expect(first).toBe("first");
    process.kill(Number(pid), "SIGKILL");
  });

  test("is killed with its children when late", async () => {
    const { code, signal } = await shell("sleep 20; true", { timeoutMs: 100 });
    expect([code, signal]).toEqual([null, "SIGKILL"]);
  });

  test("tells who it is while it runs", async () => {
    let alive: boolean | undefined;
    await shell("sleep 0.2", { onStart: (identity) => (alive = isAlive(identity)) });
    expect(alive).toBe(true);
  });
});

describe("an abort", () => {
  test("interrupts once and waits", async () => {
    const controller = new AbortController();
    const script = "trap 'echo asked' INT; echo ready; sleep 0.1; sleep 0.3; echo done";
    const onLine = (line: string) => line === "ready" && controller.abort(new Error("stop"));
    const { stdout, code } = await shell(script, { signal: controller.signal, onLine });
    expect(stdout).toBe("ready\nasked\ndone\n");
    expect(code).toBe(0);
  });

  test("before the start starts nothing", async () => {
    const signal = AbortSignal.abort(new Error("stopped before"));
    await expect(shell(`touch ${join(folder, "ran")}`, { signal })).rejects.toThrow("stopped before");
    await expect(readFile(join(folder, "ran"))).rejects.toThrow("ENOENT");
  });
});

describe("output in a file", () => {
  test("is kept after what was there", async () => {
    const outputFile = join(folder, "log");
    await writeFile(outputFile, "before\n");
    const lines: string[] = [];
    const { stdout } = await shell("echo one; echo two >&2; printf three", {
      outputFile,
      onLine: (line) => lines.push(line),
    });
    expect(await readFile(outputFile, "utf8")).toBe("before\none\ntwo\nthree");
    expect(stdout).toBe("one\ntwo\nthree");
    expect(lines).toEqual(["one", "two", "three"]);
  });

  test("is heard while the program still runs", async () => {
    const outputFile = join(folder, "log");
    const go = join(folder, "go");
    const script = `echo ready; while [ ! -e ${go} ]; do sleep 0.02; done; echo went`;
    const { stdout } = await shell(script, { outputFile, onLine: (line) => line === "ready" && writeFile(go, "") });
    expect(stdout).toBe("ready\nwent\n");
  });

  test("keeps characters whole that come in pieces", async () => {
    const outputFile = join(folder, "log");
    const lines: string[] = [];
    const script = "printf '\\342\\202'; sleep 0.3; printf '\\254 and \\303\\251\\n'";
    await shell(script, { outputFile, onLine: (line) => lines.push(line) });
    expect(lines).toEqual(["€ and é"]);
  });

  test("brings out what a listener threw", async () => {
    let identity: ProcessIdentity | undefined;
    const running = shell("echo one; sleep 0.2", {
      outputFile: join(folder, "log"),
      onStart: (it) => (identity = it),
      onLine: () => {
        throw new Error("cannot listen");
      },
    });
    await expect(running).rejects.toThrow("cannot listen");
    expect(identity && isAlive(identity)).toBe(false);
  });
});

describe("a program that is none", () => {
  test("is missing", async () => {
    await expect(shell("true", { command: "no-such-tool" })).rejects.toMatchObject({
      code: "TOOL_MISSING",
      message: "no-such-tool is not on PATH",
    });
  });

  test("is not a folder or a text", async () => {
    await mkdir(join(folder, "tool"));
    await writeFile(join(folder, "text"), "no program");
    expect(await systemCommands.find("tool", { PATH: folder })).toBeUndefined();
    expect(await systemCommands.find("text", { PATH: folder })).toBeUndefined();
  });

  test("is said to be what the system says", async () => {
    await writeFile(join(folder, "broken"), "#!/no/such/interpreter\n");
    await chmod(join(folder, "broken"), 0o755);
    await expect(shell("", { command: join(folder, "broken") })).rejects.toMatchObject({
      code: "TOOL_MISSING",
      details: { why: expect.stringContaining("ENOENT") },
    });
  });

  test("is not looked for in the folder at hand", async () => {
    expect(await systemCommands.find("package.json", { PATH: "" })).toBeUndefined();
  });
});
