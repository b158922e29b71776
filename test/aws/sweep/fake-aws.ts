import type { AwsClients } from "../../../src/aws/clients.ts";
import type { SweepScope } from "../../../src/aws/sweep/scope.ts";
import type { Clock } from "../../../src/kernel/clock.ts";

export const scope: SweepScope = {
  cluster: "aura-dev",
  environment: "dev",
  account: "123456789012",
  region: "us-east-1",
};

// biome-ignore lint/suspicious/noExplicitAny: whatever a command takes
type Answer = (input: any) => object | Promise<object>;

export interface FakeAws {
  readonly clients: AwsClients;
  /** Operations in the order in which they were called, each with the first of its parameters. */
  readonly calls: string[];
}

/** Clients that answer by operation, and with nothing where no answer is given. */
export function fakeAws(answers: Readonly<Record<string, Answer>>): FakeAws {
  const calls: string[] = [];
  const client = {
    async send(command: { readonly constructor: { readonly name: string }; readonly input: object }) {
      const operation = command.constructor.name.replace(/Command$/, "");
      calls.push(`${operation} ${[Object.values(command.input)[0]].flat()[0] ?? ""}`);
      return (await answers[operation]?.(command.input)) ?? {};
    },
  };
  const services = { ec2: client, eks: client, iam: client, sqs: client, events: client, kms: client, logs: client };
  const all = { region: scope.region, ...services, elb: client, elbv2: client, tagging: client };
  return { clients: all as unknown as AwsClients, calls };
}

/** An exception as the SDK throws it. */
export function awsError(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}

/** Time that passes when somebody waits, and only then. */
export function hastyClock(): Clock & { readonly pauses: number[] } {
  let now = Date.UTC(2026, 0, 1);
  const pauses: number[] = [];
  return {
    pauses,
    now: () => now,
    schedule(delayMs, callback) {
      const timer = setImmediate(() => {
        now += delayMs;
        pauses.push(delayMs);
        callback();
      });
      return () => clearImmediate(timer);
    },
  };
}

/** Tags as EC2 spells them. */
export function tagList(tags: Readonly<Record<string, string>>) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
