import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";

import { ownNames } from "../../../synth/terraform/own-names.ts";
import type { Kind, Look, Thing } from "../kind.ts";
import { nextTokenPages } from "../pages.ts";
import { tagsOf } from "../scope.ts";
import { unlessMissing } from "./cluster-parts.ts";

export const eventRules: Kind = {
  name: "EventBridge rule",
  why: "costs nothing; sends events to a queue that is gone",
  async find(look) {
    const found = ownNames(look.scope.cluster).rules.map((name) => unlessMissing(() => describe(name, look)));
    return (await Promise.all(found)).filter((rule) => rule !== undefined);
  },
  async remove(Rule, { clients, call }) {
    const targets = await nextTokenPages(
      (token) => clients.events.send(new ListTargetsByRuleCommand({ Rule, ...token }), call),
      (page) => page.Targets,
    );
    const Ids = targets.flatMap(({ Id }) => Id ?? []);
    if (Ids.length > 0) await clients.events.send(new RemoveTargetsCommand({ Rule, Ids }), call);
    await clients.events.send(new DeleteRuleCommand({ Name: Rule }), call);
  },
};

async function describe(id: string, { clients, call, scope: { region } }: Look): Promise<Thing> {
  const { Arn, State } = await clients.events.send(new DescribeRuleCommand({ Name: id }), call);
  const { Tags } = await clients.events.send(new ListTagsForResourceCommand({ ResourceARN: Arn }), call);
  const targets = `aws events remove-targets --region ${region} --rule ${id} --ids KarpenterInterruptionQueue`;
  return {
    id,
    tags: tagsOf(Tags),
    signs: [`is called ${id}`],
    state: State,
    fix: `${targets} && aws events delete-rule --region ${region} --name ${id}`,
  };
}
