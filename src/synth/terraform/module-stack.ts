import {
  type ITerraformDependable,
  type TerraformElement,
  TerraformOutput,
  type TerraformResource,
  TerraformStack,
  TerraformVariable,
  Token,
} from "cdktn";
import { RootConstruct } from "constructs";

import { type Inputs, snakeCase } from "./inputs.ts";

/** Both engines lock S3 state by themselves from 1.10 on. */
export const requiredVersion = ">= 1.10.0";

/** The provider whose schema the resource classes were made from (@cdktn/provider-aws 25.7). */
export const awsProvider = { source: "hashicorp/aws", version: ">= 6.66.0, < 7.0.0" };

export type Json = Record<string, unknown>;
type Blocks = Record<string, Record<string, Json>>;

/** How a module's inputs are referred to within it. */
export type References<I extends Inputs> = {
  // biome-ignore lint/suspicious/noExplicitAny: a reference fits wherever its Terraform type does, which TypeScript cannot tell
  readonly [K in keyof I]: I[K] extends { readonly type: "string" } ? string : any;
};

/**
 * A stack that is written as an ordinary Terraform module: readable addresses, comments, no provider, no backend and
 * nothing of cdktn's own. The id of what is in it ends with the name in its address: `vpc.this` is `aws_vpc.this`.
 */
export abstract class ModuleStack<I extends Inputs = Inputs> extends TerraformStack {
  /** What the module is, in one sentence. */
  readonly summary: string;
  /** Where it is below `terraform/modules`. */
  readonly folder: string;
  readonly inputs: I;
  readonly outputs: { readonly name: string; readonly description: string }[] = [];
  readonly var: References<I>;
  private readonly notes: [resource: TerraformResource, comment: string][] = [];

  constructor(name: string, summary: string, inputs: I, folder = name) {
    // no App: that makes a folder where one stands, and is for writing what is written otherwise here
    super(new RootConstruct(), name);
    this.summary = summary;
    this.folder = folder;
    this.inputs = inputs;
    const references = Object.entries(inputs).map(([key, input]) => [key, this.variable(key, input)]);
    this.var = Object.fromEntries(references) as References<I>;
  }

  private variable(key: string, { type, description, oneOf, ...more }: Inputs[string]): unknown {
    const name = snakeCase(key);
    const variable = new TerraformVariable(this, `var.${name}`, { type, description, ...more });
    if (oneOf)
      variable.addValidation({
        condition: `\${contains(${JSON.stringify(oneOf)}, var.${name})}`,
        errorMessage: `${name} is one of: ${oneOf.join(", ")}.`,
      });
    if (type === "string") return variable.stringValue;
    if (type === "number") return variable.numberValue;
    return /^(list|set)/.test(type) ? variable.listValue : variable.value;
  }

  /** `after`: what has to be there before anybody uses the value, and has to stay until nobody does. */
  output(key: string, value: unknown, description: string, after: ITerraformDependable[] = []): void {
    const name = snakeCase(key);
    new TerraformOutput(this, `out.${name}`, { value, description, ...(after.length > 0 && { dependsOn: after }) });
    this.outputs.push({ name, description });
  }

  /** Puts a comment beside a resource, for who reads the JSON. */
  note<R extends TerraformResource>(comment: string, resource: R): R {
    this.notes.push([resource, comment]);
    return resource;
  }

  /** One or none, as a Terraform condition says. */
  when(condition: string): number {
    return Token.asNumber(`\${${condition} ? 1 : 0}`);
  }

  /** What Terraform computes, for a place of any type. */
  // biome-ignore lint/suspicious/noExplicitAny: its type is Terraform's affair
  expression(text: string): any {
    return `\${${text}}`;
  }

  protected override allocateLogicalId(element: TerraformElement): string {
    return element.node.id.split(".").at(-1) ?? element.node.id;
  }

  /** What `main.tf.json` says. */
  document(): Json {
    this.prepareStack();
    const { variable, data = {}, resource = {}, module = {}, output } = this.toTerraform() as Record<string, Blocks>;
    const resources = mapValues(resource, withoutNotes);
    for (const [{ terraformResourceType: type, friendlyUniqueId: id }, comment] of this.notes) {
      resources[type] = { ...resources[type], [id]: { "//": comment, ...resources[type]?.[id] } };
    }
    const blocks = {
      variable,
      ...this.providers(),
      ...filled("data", mapValues(data, withoutNotes)),
      ...filled("resource", resources),
      ...filled("module", withoutNotes(module)),
      output: mapValues(output ?? {}, withPlainDependencies),
    };
    const header = `${this.summary} Written by \`aura synth\`: change src/synth/terraform or aura.yaml instead.`;
    return JSON.parse(JSON.stringify({ "//": header, terraform: this.settings(), ...blocks }));
  }

  protected settings(): Json {
    return { required_version: requiredVersion, required_providers: { aws: awsProvider } };
  }

  protected providers(): Json {
    return {};
  }
}

/** Without the notes that cdktn makes for itself in every block. */
function withoutNotes(blocks: Record<string, Json>): Record<string, Json> {
  return mapValues(blocks, ({ "//": _, ...block }) => block);
}

/** The engine takes addresses there and no expressions, which cdktn writes in outputs. */
function withPlainDependencies({ depends_on: after, ...output }: Json): Json {
  if (!Array.isArray(after)) return output;
  return { ...output, depends_on: after.map((address: string) => address.replace(/^\$\{(.*)\}$/, "$1")) };
}

function filled(name: string, blocks: Json): Json {
  return Object.keys(blocks).length > 0 ? { [name]: blocks } : {};
}

function mapValues<A, B>(object: Record<string, A>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
