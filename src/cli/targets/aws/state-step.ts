import type { AwsClients } from "../../../aws/clients.ts";
import { ensureSpotRole } from "../../../aws/doctor/spot-role.ts";
import { isBucketThere } from "../../../aws/state/bucket-there.ts";
import { ensureStateBucket } from "../../../aws/state/state-bucket.ts";
import { removeState } from "../../../aws/state/state-object.ts";
import type { Clock } from "../../../kernel/clock.ts";
import type { Step } from "../../../lifecycle/step.ts";
import type { Environment } from "../../../spec/environment.ts";
import { stateKey } from "../../../synth/terraform/state-key.ts";
import type { AccountFacts } from "./account-facts.ts";

export interface StateStepOptions {
  readonly clients: AwsClients;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly facts: () => Promise<AccountFacts>;
}

/**
 * What an account needs once, whatever lives in it: the bucket of states, and EC2's role for spot. Both stay; undone, the
 * environment's own state is gone from the bucket.
 */
export function stateStep({ clients, clock, environment, facts }: StateStepOptions): Step {
  const { region, pools, tags } = environment;
  return {
    name: "state",
    phase: "deploy",
    title: environment.aws.state === "local" ? "spot role" : "state bucket and spot role",
    observe: async () => "partial",
    async ensure(signal) {
      const { account, bucket } = await facts();
      if (bucket !== undefined)
        await ensureStateBucket({ s3: clients.s3, account, region, bucket, tags, clock, signal });
      if (pools.some(({ capacityTypes }) => capacityTypes.includes("spot"))) await ensureSpotRole(clients);
    },
    async undo() {
      const { account, bucket } = await facts();
      if (bucket === undefined) return;
      const place = { s3: clients.s3, account, bucket, key: stateKey(environment) };
      if (await isBucketThere(place)) await removeState(place);
    },
  };
}
