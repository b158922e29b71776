import type { PriceClients } from "../../../src/aws/prices/live-prices.ts";

/** A product as the price list has it, cut to what is read (docs of GetProducts, and Karpenter's reader of it). */
export function priceItem(instanceType: string, pricePerUnit: Record<string, string>, unit = "Hrs"): string {
  return JSON.stringify({
    product: {
      productFamily: "Compute Instance",
      attributes: { instanceType, regionCode: "us-east-1", operatingSystem: "Linux", tenancy: "Shared" },
      sku: "7X4K64YA59VZZAC3",
    },
    serviceCode: "AmazonEC2",
    terms: {
      OnDemand: {
        "7X4K64YA59VZZAC3.JRTCKXETXF": {
          priceDimensions: {
            "7X4K64YA59VZZAC3.JRTCKXETXF.6YS6EN2CT7": {
              unit,
              endRange: "Inf",
              description: `$${pricePerUnit["USD"]} per On Demand Linux ${instanceType} Instance Hour`,
              beginRange: "0",
              pricePerUnit,
            },
          },
          sku: "7X4K64YA59VZZAC3",
          effectiveDate: "2026-11-01T00:00:00Z",
          offerTermCode: "JRTCKXETXF",
          termAttributes: {},
        },
      },
    },
    version: "20261120000000",
    publicationDate: "2026-11-20T00:00:00Z",
  });
}

export interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

type Answer = (call: Call) => object | Promise<object>;

/** Clients that answer by operation (`GetProducts`, …) and remember what they were asked. */
export function fakeClients(answers: Readonly<Record<string, Answer>>, region = "us-east-1") {
  const calls: Call[] = [];
  const send = async (command: object, { abortSignal }: { abortSignal?: AbortSignal } = {}) => {
    const operation = command.constructor.name.replace(/Command$/, "");
    const call = { operation, input: (command as { input: Call["input"] }).input };
    calls.push(call);
    const answer = answers[operation];
    if (answer === undefined) throw new Error(`nobody answers ${operation}`);
    if (abortSignal === undefined) return answer(call);
    const aborted = new Promise<never>((_, reject) => {
      const abort = () => reject(Object.assign(new Error("Request aborted"), { name: "AbortError" }));
      abortSignal.addEventListener("abort", abort, { once: true });
    });
    return Promise.race([answer(call), aborted]);
  };
  const client = { send } as unknown;
  return { calls, clients: { region, ec2: client, pricing: client } as PriceClients };
}

/** An error as the SDK throws it. */
export function sdkError(name: string, message = "no"): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
}
