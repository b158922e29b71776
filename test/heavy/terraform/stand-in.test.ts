import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { endpointsWithoutNat, github, type Json, terraformOf } from "../../synth/terraform/documents.ts";
import { engine, runEngine } from "./engine.ts";
import { caller, standIn } from "./stand-in.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** The root of an environment with stand-ins for what is on AWS. */
function environment(file: object, root = "") {
  const folder = mkdtempSync(join(tmpdir(), "aura-stand-in-"));
  folders.push(folder);
  for (const [path, text] of terraformOf(file).files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, path.endsWith("main.tf.json") ? JSON.stringify(standIn(JSON.parse(text))) : text);
  }
  const cwd = join(folder, "terraform/environments/dev", root);
  const run = (...options: string[]) => {
    const { status, stdout, text } = runEngine(cwd, options, { TF_IN_AUTOMATION: "1" });
    if (status !== 0) throw new Error(`${engine} ${options.join(" ")}: ${text}`);
    return stdout;
  };
  const state = () => JSON.parse(readFileSync(join(cwd, "terraform.tfstate"), "utf8"));
  run("init");
  return { run, state };
}

/** Addresses that exist, as `vpc.aws_eip.nat["us-east-1a"]`. */
function addresses(state: Json): string[] {
  return state.resources.flatMap(({ module, name, instances }: Json) =>
    instances.map(
      ({ index_key: key }: Json) => plain(module, name) + (key === undefined ? "" : `[${JSON.stringify(key)}]`),
    ),
  );
}

/** What a resource is made after and removed before. */
function dependencies(state: Json, address: string): string[] {
  const found = state.resources.find(({ module, name }: Json) => plain(module, name) === address);
  return found.instances[0].dependencies.map((one: string) => {
    const [, module, name] = /^module\.(\w+)\.terraform_data\.(\w+)$/.exec(one) ?? [];
    return plain(`module.${module}`, name ?? "");
  });
}

const plain = (module: string, name: string) => `${module.replace("module.", "")}.${name.replace("__", ".")}`;

const admin = "arn:aws:iam::123456789012:role/ml";
const endpoints = endpointsWithoutNat;
const everything = {
  network: { nat: "per-az", intraSubnets: true, flowLogs: true, endpoints },
  cluster: {
    ...{ kms: true, identity: "pod-identity", adminPrincipals: [caller, admin], privateEndpoint: false },
    permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary",
  },
  github,
  tags: { team: "ml" },
};
const closed = {
  network: { nat: "none", endpoints },
  cluster: { publicEndpoint: false },
  zones: ["us-east-1a", "us-east-1b"],
};

describe.skipIf(engine === undefined)(`an environment of stand-ins, by ${engine}`, () => {
  it.each([
    ["the default", {}],
    ["everything switched on", everything],
    ["a closed network", closed],
  ])("comes whole and goes whole: %s", (_, file) => {
    const { run, state } = environment(file);
    run("apply", "-auto-approve");
    expect(addresses(state()).length).toBeGreaterThan(90);
    expect(run("plan")).toContain("No changes");
    run("destroy", "-auto-approve");
    expect(state().resources).toEqual([]);
  });

  it("keeps what nodes need until the last of them is gone", () => {
    const { run, state } = environment(everything);
    run("apply", "-auto-approve");
    const after = dependencies(state(), "eks.aws_eks_node_group.system");
    expect(after).toEqual(
      expect.arrayContaining([
        ...["route.nat", "route.internet", "nat_gateway.this", "internet_gateway.this"].map((one) => `vpc.aws_${one}`),
        ...["public", "private"].map((one) => `vpc.aws_route_table_association.${one}`),
        ...["vpc_endpoint.interface", "vpc_endpoint.s3"].map((one) => `vpc.aws_${one}`),
        ...["node_all", "cluster_nodes"].map((one) => `eks.aws_vpc_security_group_egress_rule.${one}`),
        "eks.aws_vpc_security_group_ingress_rule.node_dns_udp",
        "iam_eks.aws_iam_role_policy_attachment.system_node_AmazonEKS_CNI_Policy",
        ...["vpc_cni", "kube_proxy", "pod_identity_agent"].map((one) => `eks.aws_eks_addon.${one}`),
      ]),
    );
  });

  it("begins the control plane while the NAT gateways come up", () => {
    const { run, state } = environment({});
    run("apply", "-auto-approve");
    const after = dependencies(state(), "eks.aws_eks_cluster.this");
    expect(after).toContain("iam_eks.aws_iam_role_policy_attachment.cluster_AmazonEKSClusterPolicy");
    expect(after.filter((one) => /nat_gateway|aws_route\./.test(one))).toEqual([]);
  });

  it("gives each principal one entry, whoever applies", () => {
    const { run, state } = environment(everything);
    run("apply", "-auto-approve");
    const entries = addresses(state()).filter((one) => one.includes("aws_eks_access_entry"));
    const workflow = "arn:aws:iam::123456789012:role/AuraWorkflow-aura-dev";
    expect(entries.toSorted()).toEqual([
      `eks.aws_eks_access_entry.admin["${workflow}"]`,
      `eks.aws_eks_access_entry.admin["${admin}"]`,
      "eks.aws_eks_access_entry.deployer",
      "iam.aws_eks_access_entry.node",
    ]);
  });

  it("makes the workflows' roles apart from what the workflow removes", () => {
    const { run, state } = environment(everything, "github");
    run("apply", "-auto-approve");
    const made = addresses(state());
    expect(made).toContain("github.aws_iam_role.github");
    expect(made).toContain("github.aws_iam_role.reaper");
    expect(made.filter((one) => one.startsWith("github.aws_iam_policy."))).toHaveLength(9);
    expect(made).not.toContain("github.aws_iam_openid_connect_provider.github[0]");
  });

  it("makes what bounds and trusts those roles before them", () => {
    const { run, state } = environment({ github: { ...github, createProvider: true } }, "github");
    run("apply", "-auto-approve");
    const before = ["github.aws_iam_openid_connect_provider.github", "github.aws_iam_policy.boundary"];
    expect(addresses(state())).toEqual(expect.arrayContaining(before.map((one) => `${one}[0]`)));
    for (const role of ["github.aws_iam_role.github", "github.aws_iam_role.reaper"])
      expect(dependencies(state(), role)).toEqual(expect.arrayContaining(before));
  });

  it("refuses a way to take on roles that there is none", () => {
    const { run } = environment({});
    expect(() => run("plan", "-var=identity=irsaa")).toThrow("identity is one of: irsa, pod-identity");
  });
});
