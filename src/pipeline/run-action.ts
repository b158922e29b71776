import type { ActionName } from "./action-inputs.ts";
import type { ActionStep } from "./action-step.ts";
import { downloadArtifact, uploadArtifact } from "./artifacts.ts";
import { checkout } from "./checkout.ts";

/** Does what an action does, as far as a rehearsal has it. Throws an Error when the action would fail. */
export async function runAction(action: ActionName, step: ActionStep): Promise<void> {
  await counterparts[action](step);
}

const isHere = async ({ say }: ActionStep) => say("nothing to set up in a rehearsal");

const counterparts: Readonly<Record<ActionName, (step: ActionStep) => Promise<void>>> = {
  "actions/checkout": async (step) => {
    allowed(step, "contents", ["read", "write"]);
    await checkout(step);
  },
  "actions/setup-node": isHere,
  "opentofu/setup-opentofu": isHere,
  "hashicorp/setup-terraform": isHere,
  "azure/setup-helm": isHere,
  "aws-actions/configure-aws-credentials": credentials,
  "actions/upload-artifact": uploadArtifact,
  "actions/download-artifact": downloadArtifact,
};

/** No credentials, but all that getting some by OIDC takes. */
async function credentials(step: ActionStep): Promise<void> {
  allowed(step, "id-token", ["write"]);
  const { given, say } = step;
  const region = required(given, "aws-region");
  const role = required(given, "role-to-assume");
  step.export("AWS_REGION", region);
  step.export("AWS_DEFAULT_REGION", region);
  say(`would be ${role} in ${region}; a rehearsal has no credentials`);
}

function required(given: ActionStep["given"], name: string): string {
  const value = given[name] ?? "";
  if (value === "") throw new Error(`${name} is empty`);
  return value;
}

function allowed({ permissions }: ActionStep, name: string, grants: readonly string[]): void {
  const granted = permissions[name] ?? "none";
  if (grants.includes(granted)) return;
  throw new Error(`the job's permissions need ${name}: ${grants[0]}; it is ${granted}`);
}
