import { describe, expect, it } from "vitest";

import { moduleNames, resourcesOf, statementsOf, terraformOf } from "./documents.ts";

const { files, module, root } = terraformOf();
const everything = [...moduleNames.map(module), root];

describe("a child module", () => {
  it.each(moduleNames)("%s has no provider, backend or state of its own", (name) => {
    const { terraform, provider } = module(name);
    expect(provider).toBeUndefined();
    expect(Object.keys(terraform)).toEqual(["required_version", "required_providers"]);
  });

  it.each(moduleNames)("%s has addresses that people can read", (name) => {
    for (const [address] of resourcesOf(module(name)))
      expect(address).toMatch(/^aws_[a-z0-9_]+\.[A-Za-z][A-Za-z0-9_]*$/);
    expect(files.get(`terraform/modules/${name}/main.tf.json`)).not.toMatch(/[0-9A-F]{8}"|TfToken|Token\[|cdktf/);
  });

  it.each(moduleNames)("%s says in its README what it takes and gives", (name) => {
    const { variable, output } = module(name);
    const readme = files.get(`terraform/modules/${name}/README.md`);
    for (const one of [...Object.keys(variable), ...Object.keys(output)]) expect(readme).toContain(`\`${one}\``);
  });

  it.each(moduleNames)("%s refers to nothing that is not there", (name) => {
    const document = module(name);
    const text = JSON.stringify(document);
    const addresses = resourcesOf(document).map(([address]) => address);
    for (const [, type, id] of text.matchAll(/(?<!data\.)\b(aws_[a-z0-9_]+)\.([A-Za-z0-9_]+)/g))
      expect(addresses).toContain(`${type}.${id}`);
    for (const [, type = "", id = ""] of text.matchAll(/data\.(aws_[a-z0-9_]+)\.([A-Za-z0-9_]+)/g))
      expect(Object.keys(document.data[type] ?? {})).toContain(id);
    for (const [, variable] of text.matchAll(/\bvar\.([a-z0-9_]+)/g))
      expect(Object.keys(document.variable)).toContain(variable);
  });

  it.each(moduleNames)("%s uses every input it asks for", (name) => {
    const document = module(name);
    const text = JSON.stringify({ ...document, variable: undefined });
    for (const variable of Object.keys(document.variable)) expect(text).toContain(`var.${variable}`);
  });
});

describe("the root", () => {
  it("gives each module all it needs and nothing else", () => {
    for (const [id, { source, ...given }] of Object.entries<Record<string, string>>(root.module)) {
      const { variable } = module(source?.split("/modules/")[1] ?? "");
      const required = Object.entries<object>(variable).filter(([, one]) => !("default" in one));
      expect(Object.keys(variable), id).toEqual(expect.arrayContaining(Object.keys(given)));
      expect(Object.keys(given), id).toEqual(expect.arrayContaining(required.map(([name]) => name)));
    }
  });

  it("reads outputs that its modules have", () => {
    const used = [...JSON.stringify(root).matchAll(/module\.([a-z_]+)\.([a-z_]+)/g)];
    expect(used.length).toBeGreaterThan(20);
    for (const [text, id = "", output = ""] of used) {
      const name = root.module[id].source.split("/").at(-1);
      expect(Object.keys(module(name).output), text).toContain(output);
    }
  });

  it("has a value for every variable without a default", () => {
    const { values } = terraformOf();
    expect(Object.keys(root.variable)).toEqual(expect.arrayContaining(Object.keys(values)));
    for (const [name, one] of Object.entries<object>(root.variable))
      if (!("default" in one)) expect(values, name).toHaveProperty(name);
  });

  it("tags everything with whose it is and until when", () => {
    expect(root.provider.aws.default_tags.tags).toBe("${local.tags}");
    for (const tag of ["aura:environment", "aura:region", "aura:run", "aura:expires-at", "owner", "managed-by"])
      expect(root.locals.tags).toContain(`"${tag}" =`);
    expect(root.module.eks.tags).toBe("${local.tags}");
  });

  it("keeps its state in S3, locked, in a place told later", () => {
    expect(root.terraform.backend).toEqual({ s3: {} });
    const file = files.get("terraform/environments/dev/state.s3.tfbackend");
    expect(file).toContain("use_lockfile = true");
    expect(file).toContain('key          = "aura/dev/aura-dev.tfstate"');
  });
});

describe("security", () => {
  it("lets nothing in from the internet", () => {
    const rules = everything.flatMap(resourcesOf).filter(([address]) => /ingress/.test(address));
    expect(rules.length).toBeGreaterThan(8);
    for (const [address, rule] of rules) expect(JSON.stringify(rule), address).not.toMatch(/0\.0\.0\.0\/0|::\/0/);
  });

  it("names every action that it allows", () => {
    // a boundary allows nothing by itself
    const allowed = everything
      .flatMap(statementsOf)
      .filter(({ policy, statement }) => policy !== "boundary" && statement.effect !== "Deny");
    expect(allowed.length).toBeGreaterThan(40);
    for (const { policy, statement } of allowed) {
      expect(statement.sid, policy).toMatch(/^[A-Za-z0-9]+$/);
      for (const action of statement.actions) expect(action, policy).toMatch(/^[a-z0-9-]+:[A-Za-z0-9]+$/);
    }
  });

  it("names a statement once in its policy", () => {
    for (const document of everything)
      for (const [policy, { statement }] of Object.entries<{ statement: { sid: string }[] }>(
        document.data?.aws_iam_policy_document ?? {},
      ))
        expect(new Set(statement.map(({ sid }) => sid)).size, policy).toBe(statement.length);
  });

  it("puts Karpenter's discovery tag on one security group", () => {
    const tagged = everything
      .flatMap(resourcesOf)
      .filter(
        ([address, { tags = {} }]) => address.startsWith("aws_security_group.") && "karpenter.sh/discovery" in tags,
      );
    expect(tagged.map(([address]) => address)).toEqual(["aws_security_group.node"]);
  });

  it("wants IMDSv2 within one hop and encrypted disks", () => {
    const template = module("EKS").resource.aws_launch_template.system;
    expect(template.metadata_options).toEqual({
      http_endpoint: "enabled",
      http_tokens: "required",
      http_put_response_hop_limit: 1,
    });
    expect(template.block_device_mappings[0].ebs).toMatchObject({ encrypted: "true", volume_type: "gp3" });
  });

  it("leaves the public endpoint closed until a range is named", () => {
    const {
      vpc_config: endpoint,
      access_config: access,
      deletion_protection,
    } = module("EKS").resource.aws_eks_cluster.this;
    const ranges = "concat(var.public_access_cidrs, var.private_endpoint ? [] : var.nat_cidrs)";
    expect(endpoint.endpoint_public_access).toBe(`\${var.public_endpoint && length(${ranges}) > 0}`);
    expect(access).toEqual({ authentication_mode: "API", bootstrap_cluster_creator_admin_permissions: false });
    expect(deletion_protection).toBe(false);
  });

  it("makes the log group before the cluster that writes to it", () => {
    const { depends_on, enabled_cluster_log_types } = module("EKS").resource.aws_eks_cluster.this;
    expect(depends_on).toContain("aws_cloudwatch_log_group.cluster");
    expect(enabled_cluster_log_types).toHaveLength(5);
  });

  it("gives IAM no thumbprint that could drift", () => {
    expect(module("OIDC").resource.aws_iam_openid_connect_provider.this).not.toHaveProperty("thumbprint_list");
  });
});
