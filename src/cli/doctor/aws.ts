import { awsClients } from "../../aws/clients.ts";
import { awsFindings } from "../../aws/doctor/doctor.ts";
import type { Finding } from "../../aws/doctor/finding.ts";
import { livePrices } from "../../aws/prices/live-prices.ts";
import { priceBook } from "../../aws/prices/price-book.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Context } from "../context.ts";
import { awsPlace } from "../targets/aws/place.ts";

/** What a deploy on AWS depends on: this machine's tools, and the account. */
export async function awsDoctor(context: Context, environment: Environment): Promise<readonly Finding[]> {
  const { commands, clock } = context;
  const { env } = context.process;
  const { region, zones, pools, aws } = environment;
  const clients = awsClients({ region, env, profile: aws.profile });
  const families = [...new Set(pools.flatMap((pool) => pool.families))];
  const live = () => livePrices(clients, { cacheDir: awsPlace(environment).prices, clock, families, zones });
  const catalog = async () => priceBook({ region, zones, instanceTypes: [] });
  return awsFindings({ environment, clients, commands, env, now: clock.now() }, (canAsk) =>
    canAsk ? live() : catalog(),
  );
}
