import { statSync } from "node:fs";
import { join } from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import type { Container, KubeObject, Pod } from "../../../src/cluster/objects.ts";
import { type World, world } from "./harness.ts";

let opened: World | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

type Volume = NonNullable<NonNullable<Pod["spec"]>["volumes"]>[number];

const base64 = (text: string) => Buffer.from(text).toString("base64");

function open(): World {
  opened = world();
  const metadata = { namespace: "ml" };
  const objects = [
    { kind: "ConfigMap", metadata: { ...metadata, name: "code" }, data: { "run.sh": "echo ran", b: "B" } },
    { kind: "Secret", metadata: { ...metadata, name: "keys" }, data: { token: base64("s3cret") } },
  ];
  for (const object of objects) opened.core.create({ apiVersion: "v1", ...object } as KubeObject);
  return opened;
}

/** What `script` says with the volume `v` mounted at /v. */
async function say(volume: Omit<Volume, "name">, script: string, container: Partial<Container> = {}): Promise<string> {
  const { pod, end, logs } = open();
  const mount = { name: "v", mountPath: "/v" };
  // a path alone is rewritten to this machine's, text that contains it is not
  const command = ["sh", "-c", script, "sh", "/v"];
  const spec = { volumes: [{ name: "v", ...volume } as Volume] };
  pod("p", { command, volumeMounts: [mount], ...container }, { spec, annotations: { b: "2", a: 'say "1"' } });
  const ended = await end("p");
  expect(ended.status?.phase).toBe("Succeeded");
  return logs("p");
}

const list = 'cd "$1" && for file in $(find . -type f | sort); do echo "$file $(cat $file)"; done';

describe("volumes", () => {
  it.each<[string, Omit<Volume, "name">, string]>([
    ["a ConfigMap", { configMap: { name: "code" } }, "./b B\n./run.sh echo ran\n"],
    ["some items", { configMap: { name: "code", items: [{ key: "b", path: "x/y" }] } }, "./x/y B\n"],
    ["a Secret", { secret: { secretName: "keys" } }, "./token s3cret\n"],
    ["an optional ConfigMap", { configMap: { name: "none", optional: true } }, ""],
    ["an optional item", { secret: { secretName: "keys", optional: true, items: [{ key: "none", path: "n" }] } }, ""],
    [
      "the downward API",
      {
        downwardAPI: {
          items: [
            { path: "notes", fieldRef: { fieldPath: "metadata.annotations" } },
            { path: "cpu", resourceFieldRef: { containerName: "main", resource: "limits.cpu", divisor: "1m" } },
          ],
        },
      },
      './cpu 0\n./notes a="say \\"1\\""\nb="2"\n',
    ],
    [
      "projected sources",
      {
        projected: {
          sources: [
            { configMap: { name: "code", items: [{ key: "b", path: "b" }] } },
            { secret: { name: "keys" } },
            { downwardAPI: { items: [{ path: "name", fieldRef: { fieldPath: "metadata.name" } }] } },
          ],
        },
      },
      "./b B\n./name p\n./token s3cret\n",
    ],
    ["an empty folder", { emptyDir: { sizeLimit: "1Gi" } }, ""],
  ])("holds %s", async (_, volume, text) => {
    expect(await say(volume, list)).toBe(text);
  });

  it("gives files their modes", async () => {
    const items = [
      { key: "b", path: "b", mode: 0o640 },
      { key: "run.sh", path: "run.sh" },
    ];
    await say({ configMap: { name: "code", defaultMode: 0o555, items } }, '"$1/run.sh"');
    const folder = join(opened?.dataDir ?? "", "pods", opened?.read("p").metadata.uid ?? "", "_volumes", "v");
    expect(["b", "run.sh"].map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o640, 0o555]);
  });

  it("mounts one file by its subPath", async () => {
    const volumeMounts = [{ name: "v", mountPath: "/etc/run.sh", subPath: "run.sh" }];
    const command = ["sh", "/etc/run.sh"];
    expect(await say({ configMap: { name: "code" } }, "", { command, volumeMounts })).toBe("ran\n");
  });

  it("writes read-only files anew with each restart", async () => {
    const { pod, end, read } = open();
    const volumes = [{ name: "v", configMap: { name: "code", defaultMode: 0o400 } }];
    pod("p", "[ -e once ] || { touch once; exit 1; }", { spec: { restartPolicy: "OnFailure", volumes } });
    expect((await end("p")).status?.phase).toBe("Succeeded");
    expect(read("p").status?.containerStatuses?.[0]?.restartCount).toBe(1);
  });

  it.each<[Omit<Volume, "name">, string]>([
    [{ configMap: { name: "none" } }, 'configmap "none" not found'],
    [{ secret: { secretName: "keys", items: [{ key: "k", path: "k" }] } }, "references non-existent secret key: k"],
    [{ persistentVolumeClaim: { claimName: "c" } }, "persistentVolumeClaim is left out of the rehearsal"],
    [{ hostPath: { path: "/" } }, "hostPath is left out of the rehearsal"],
    [{ nfs: { server: "s", path: "/" } }, "nfs is left out of the rehearsal"],
    [
      { projected: { sources: [{ serviceAccountToken: { path: "t" } }] } },
      "serviceAccountToken is left out of the rehearsal",
    ],
  ])("makes a pod wait for %j", async (volume, message) => {
    const { pod, read, clock, events } = open();
    pod("p", "true", { spec: { volumes: [{ name: "v", ...volume } as Volume] } });
    for (let round = 0; round < 100 && events("p").length === 0; round += 1) await new Promise(setImmediate);
    expect(events("p").join()).toContain(`FailedMount: MountVolume.SetUp failed for volume "v" : ${message}`);
    expect(read("p").status).toMatchObject({
      phase: "Pending",
      containerStatuses: [{ state: { waiting: { reason: "ContainerCreating" } } }],
    });
    expect(clock.pace()).toBe(1);
  });
});
