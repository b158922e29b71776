import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuotasClient,
} from "@aws-sdk/client-service-quotas";

import { isMissing } from "../errors.ts";

export interface Quota {
  readonly service: string;
  readonly code: string;
  /** Its name as AWS writes it. */
  readonly name: string;
  readonly value: number;
}

/** The account's own quota, or AWS's default where it never had one of its own; undefined where AWS knows neither. */
export async function readQuota(
  client: ServiceQuotasClient,
  service: string,
  code: string,
): Promise<Quota | undefined> {
  const asked = { ServiceCode: service, QuotaCode: code };
  const own = await known(client.send(new GetServiceQuotaCommand(asked)));
  const { Quota: found } = own ?? (await known(client.send(new GetAWSDefaultServiceQuotaCommand(asked)))) ?? {};
  if (found?.Value === undefined) return undefined;
  return { service, code, name: found.QuotaName ?? code, value: found.Value };
}

/** How a quota is raised: the command, and the page of the console. */
export function raiseQuota({ service, code }: Pick<Quota, "service" | "code">, value: number, region: string): string {
  const command = [
    "aws service-quotas request-service-quota-increase",
    `--service-code ${service} --quota-code ${code} --desired-value ${Math.ceil(value)} --region ${region}`,
  ].join(" ");
  return `${command} (or ${quotaLink(service, code, region)})`;
}

export function quotaLink(service: string, code: string, region: string): string {
  return `https://${region}.console.aws.amazon.com/servicequotas/home/services/${service}/quotas/${code}`;
}

async function known<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
