import {
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  ListOpenIDConnectProvidersCommand,
} from "@aws-sdk/client-iam";

import type { Kind, Thing } from "../kind.ts";
import { tagsOf } from "../scope.ts";
import { unlessMissing } from "./cluster-parts.ts";

/** Of the region's clusters; its tags alone say of which. */
export const oidcProviders: Kind = {
  name: "OIDC provider",
  why: "costs nothing, counts against a quota",
  async find({ clients, call, scope: { region } }) {
    const { OpenIDConnectProviderList: listed = [] } = await clients.iam.send(
      new ListOpenIDConnectProvidersCommand(),
      call,
    );
    const arns = listed.flatMap(({ Arn }) => Arn ?? []);
    const here = arns.filter((arn) => arn.includes(`:oidc-provider/oidc.eks.${region}.`));
    const found = here.map(async (id): Promise<Thing[]> => {
      const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: id });
      const provider = await unlessMissing(() => clients.iam.send(command, call));
      if (provider === undefined) return [];
      const fix = `aws iam delete-open-id-connect-provider --open-id-connect-provider-arn ${id}`;
      return [{ id, name: provider.Url, tags: tagsOf(provider.Tags), createdAt: provider.CreateDate, fix }];
    });
    return (await Promise.all(found)).flat();
  },
  async remove(OpenIDConnectProviderArn, { clients, call }) {
    await clients.iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }), call);
  },
};
