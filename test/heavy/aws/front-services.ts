import { instanceTypes } from "../../../src/catalog/instance-types.ts";
import { onDemandPrice } from "../../../src/catalog/prices.ts";
import type { Answer, Forward } from "./front.ts";
import { AwsError } from "./front-reply.ts";

// Quotas, prices and the few calls of EC2, IAM and ARC that moto 5.2.5 does not know, in their documented shapes.

/** Answers by `Service:Operation`. A test that wants other values gives an answer of its own. */
export function serviceAnswers(): Readonly<Record<string, Answer>> {
  return {
    "ServiceQuotas:GetServiceQuota": ({ input }) => ({ Quota: quotaOf(input) }),
    "ServiceQuotas:GetAWSDefaultServiceQuota": ({ input }) => ({ Quota: quotaOf(input) }),
    "ServiceQuotas:ListServiceQuotas": ({ input }) => ({ Quotas: quotasOf(input) }),
    "ServiceQuotas:ListAWSDefaultServiceQuotas": ({ input }) => ({ Quotas: quotasOf(input) }),
    "Pricing:GetProducts": ({ input }) => ({ FormatVersion: "aws_v1", ...pageOf(products(input), input) }),
    "EC2:DescribeCapacityReservations": () => ({ capacityReservationSet: [] }),
    "IAM:ListInstanceProfileTags": async ({ input }, forward) => profileTags(input, forward),
    "ARCZonalShift:ListZonalShifts": () => ({ items: [] }),
    "ARCZonalShift:ListManagedResources": () => ({ items: [] }),
  };
}

/** Moto keeps the tags, and tells them with the profile. */
async function profileTags(input: Readonly<Record<string, unknown>>, forward: Forward): Promise<object> {
  const name = `${input["InstanceProfileName"]}`;
  const form = new URLSearchParams({ Action: "GetInstanceProfile", Version: "2010-05-08", InstanceProfileName: name });
  const { status, body } = await forward({ body: Buffer.from(`${form}`) });
  if (status !== 200) throw new AwsError("NoSuchEntity", `Instance Profile ${name} cannot be found.`, 404);
  const own = body.toString().replace(/<Roles>.*<\/Roles>/s, "");
  const tags = own.matchAll(/<Key>(.*?)<\/Key>\s*<Value>(.*?)<\/Value>/gs);
  return { IsTruncated: false, Tags: [...tags].map(([, Key, Value]) => ({ Key, Value })) };
}

interface QuotaRow {
  readonly service: string;
  readonly code: string;
  readonly name: string;
  readonly value: number;
}

/** Names and codes as Service Quotas lists them; values of an account that was granted GPUs. */
const quotas: readonly QuotaRow[] = [
  ...(
    [
      ["L-1216C47A", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 256],
      ["L-34B43A08", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", 256],
      ["L-DB2E81BA", "Running On-Demand G and VT instances", 192],
      ["L-3819A6DF", "All G and VT Spot Instance Requests", 192],
      ["L-417A185B", "Running On-Demand P instances", 192],
      ["L-7212CCBC", "All P4, P3 and P2 Spot Instance Requests", 192],
      ["L-0263D0A3", "EC2-VPC Elastic IPs", 5],
    ] as const
  ).map(([code, name, value]) => ({ service: "ec2", code, name, value })),
  { service: "vpc", code: "L-F678F1CE", name: "VPCs per Region", value: 5 },
  { service: "vpc", code: "L-FE5A380F", name: "NAT gateways per Availability Zone", value: 5 },
  { service: "eks", code: "L-1194D53C", name: "Clusters", value: 100 },
];

function quotasOf({ ServiceCode }: Readonly<Record<string, unknown>>): object[] {
  return quotas.filter(({ service }) => service === ServiceCode).map(quota);
}

function quotaOf({ ServiceCode, QuotaCode }: Readonly<Record<string, unknown>>): object {
  const row = quotas.find(({ service, code }) => service === ServiceCode && code === QuotaCode);
  if (row === undefined) {
    throw new AwsError("NoSuchResourceException", `The request failed because there is no quota ${QuotaCode}.`);
  }
  return quota(row);
}

const quota = ({ service, code, name, value }: QuotaRow) => ({
  ...{ ServiceCode: service, ServiceName: service, QuotaCode: code, QuotaName: name, Value: value, Unit: "None" },
  QuotaArn: `arn:aws:servicequotas:us-east-1:123456789012:${service}/${code}`,
  ...{ Adjustable: true, GlobalQuota: false },
});

interface Filter {
  readonly Field: string;
  readonly Value: string;
}

/** Instance types of the catalog at its prices, plus one percent: whoever tells them apart sees who answered. */
function products({ ServiceCode, Filters = [] }: Readonly<Record<string, unknown>>): string[] {
  const wanted = Object.fromEntries((Filters as Filter[]).map(({ Field, Value }) => [Field, Value]));
  const region = wanted["regionCode"] ?? "us-east-1";
  if (ServiceCode === "AmazonEKS")
    return [product({ region, usd: 0.1, attributes: { usagetype: "AmazonEKS-Hours:perCluster" } })];
  if (ServiceCode !== "AmazonEC2") return [];
  if (wanted["productFamily"] === "NAT Gateway")
    return [product({ region, usd: 0.045, attributes: { group: "NGW:NatGateway" } })];
  return instanceTypes()
    .filter(({ name }) => wanted["instanceType"] === undefined || wanted["instanceType"].split(",").includes(name))
    .flatMap((type) => {
      const price = onDemandPrice(region, type);
      if (price === undefined) return [];
      const attributes = {
        ...{ instanceType: type.name, operatingSystem: "Linux", tenancy: "Shared", preInstalledSw: "NA" },
        ...{ capacitystatus: "Used", licenseModel: "No License required", servicecode: "AmazonEC2" },
      };
      return [product({ region, usd: price.usdPerHour * 1.01, attributes })];
    });
}

/** A hundred at a time, as Pricing gives at most; the token is where the next page begins. */
function pageOf(all: readonly string[], { MaxResults, NextToken }: Readonly<Record<string, unknown>>) {
  const from = Number(NextToken ?? 0);
  const to = from + Math.min(100, Number(MaxResults ?? 100));
  return { PriceList: all.slice(from, to), ...(to < all.length && { NextToken: String(to) }) };
}

interface ProductFacts {
  readonly region: string;
  readonly usd: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** One line of a price list: JSON in a string, with one term and one dimension. */
function product({ region, usd, attributes }: ProductFacts): string {
  const sku = `SKU${Object.values(attributes).join("").replace(/\W/g, "").toUpperCase().slice(0, 12)}`;
  const term = `${sku}.JRTCKXETXF`;
  const dimension = { unit: "Hrs", beginRange: "0", endRange: "Inf", pricePerUnit: { USD: usd.toFixed(10) } };
  return JSON.stringify({
    product: { productFamily: "Compute Instance", sku, attributes: { ...attributes, regionCode: region } },
    serviceCode: attributes["servicecode"] ?? "AmazonEC2",
    terms: { OnDemand: { [term]: { sku, priceDimensions: { [`${term}.6YS6EN2CT7`]: dimension } } } },
    ...{ version: "20261101000000", publicationDate: "2026-11-01T00:00:00Z" },
  });
}
