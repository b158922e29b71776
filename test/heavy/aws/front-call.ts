import * as eksModel from "@aws-sdk/client-eks";
import * as s3Model from "@aws-sdk/client-s3";

// Which call a request of an AWS SDK is, by what every signed request carries and by the SDK's own models of REST APIs.

export type Protocol = "ec2" | "query" | "json" | "rest-json" | "rest-xml";

export interface AwsRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A call as a client makes it. */
export interface AwsCall {
  /** As the SDK names its client: `EC2`, `EKS`, `CloudWatchLogs`. */
  readonly service: string;
  /** Such as `DescribeInstances`; `?` where it is unknown. */
  readonly operation: string;
  readonly region: string;
  /** Of whoever signed it. */
  readonly accessKeyId: string;
  readonly protocol: Protocol;
  /** Whether Terraform or OpenTofu makes it: their SDK is Go's. */
  readonly isEngine: boolean;
  /** Parameters as they are on the wire; those of a path and of a query too. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** Undefined for what nobody signed. */
export function callOf(request: AwsRequest): AwsCall | undefined {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  const authorization = `${request.headers["authorization"] ?? searchParams.get("X-Amz-Credential") ?? ""}`;
  const [, accessKeyId = "", region = "", name = ""] =
    /([^\s=/]+)\/\d{8}\/([\w-]+)\/([\w-]+)\/aws4_request/.exec(authorization) ?? [];
  if (name === "") return undefined;
  const target = request.headers["x-amz-target"];
  const isEngine = `${request.headers["user-agent"]}`.includes("aws-sdk-go");
  const common = { region, accessKeyId, isEngine };
  if (typeof target === "string") {
    const [, operation = "?"] = target.split(".");
    const service = services[name] ?? name;
    return { ...common, service, operation, protocol: "json", input: parse(request.body) };
  }
  const routed = routes[name];
  if (routed !== undefined) {
    const { operation, input } = routed.find(request.method, pathname, searchParams);
    const body = routed.protocol === "rest-json" ? parse(request.body) : {};
    return {
      ...common,
      service: services[name] ?? name,
      operation,
      protocol: routed.protocol,
      input: { ...body, ...input },
    };
  }
  const form = new URLSearchParams([...searchParams, ...new URLSearchParams(request.body.toString())]);
  const { Action: operation = "?", ...input } = Object.fromEntries(form);
  const service = name === "elasticloadbalancing" && form.get("Version") === "2015-12-01" ? "elbv2" : name;
  return {
    ...common,
    service: services[service] ?? service,
    operation,
    protocol: name === "ec2" ? "ec2" : "query",
    input,
  };
}

/** Clients by the names that requests are signed with. */
const services: Readonly<Record<string, string>> = {
  ec2: "EC2",
  eks: "EKS",
  iam: "IAM",
  sts: "STS",
  s3: "S3",
  sqs: "SQS",
  events: "EventBridge",
  kms: "KMS",
  ssm: "SSM",
  logs: "CloudWatchLogs",
  monitoring: "CloudWatch",
  elasticloadbalancing: "ElasticLoadBalancing",
  elbv2: "ElasticLoadBalancingV2",
  servicequotas: "ServiceQuotas",
  pricing: "Pricing",
  tagging: "ResourceGroupsTaggingAPI",
  "arc-zonal-shift": "ARCZonalShift",
};

interface Found {
  readonly operation: string;
  readonly input: Readonly<Record<string, string>>;
}

interface Routes {
  readonly protocol: Protocol;
  find(method: string, path: string, query: URLSearchParams): Found;
}

interface Route {
  readonly operation: string;
  readonly method: string;
  readonly path: RegExp;
  readonly names: readonly string[];
  /** What the query must have: a name, or a name and its value. */
  readonly query: readonly [string, string][];
}

/** Such as `["GET", "/clusters/{name}", 200]`, of every operation of a client's model. */
function routesOf(protocol: Protocol, model: object, prefix = ""): Routes {
  const routes = Object.values(model)
    .flatMap((one): Route[] => {
      const http = Array.isArray(one) && one[0] === 9 ? (one[3] as { http?: [string, string] }).http : undefined;
      return http === undefined ? [] : [routeOf(one[2], http[0], prefix + http[1])];
    })
    // the one that asks for most of the query is meant
    .toSorted((a, b) => b.query.length - a.query.length);
  return {
    protocol,
    find(method, path, query) {
      const isMeant = (route: Route) =>
        route.method === method &&
        route.path.test(path) &&
        route.query.every(([name, value]) => query.has(name) && (value === "" || query.get(name) === value));
      const found = routes.find(isMeant);
      const values = found?.path.exec(path)?.slice(1).map(decodeURIComponent) ?? [];
      const inPath = found?.names.map((name, index) => [name, values[index] ?? ""]) ?? [];
      return {
        operation: found?.operation ?? "?",
        input: { ...Object.fromEntries(query), ...Object.fromEntries(inPath) },
      };
    },
  };
}

function routeOf(operation: string, method: string, template: string): Route {
  const [path = "", query = ""] = template.split("?");
  const names = [...path.matchAll(/\{(\w+)\+?\}/g)].map(([, name = ""]) => name);
  const pattern = path
    .replace(/\/$/, "")
    .replace(/\{\w+\+\}/g, "(.+)")
    .replace(/\{\w+\}/g, "([^/]+)");
  return { operation, method, path: new RegExp(`^${pattern}/?$`), names, query: [...new URLSearchParams(query)] };
}

const zonalShift = {
  list: [9, "", "ListZonalShifts", { http: ["GET", "/zonalshifts"] }],
  managed: [9, "", "ListManagedResources", { http: ["GET", "/managedresources"] }],
};

const routes: Readonly<Record<string, Routes>> = {
  eks: routesOf("rest-json", eksModel),
  // SDKs with an endpoint of their own name the bucket in the path
  s3: routesOf("rest-xml", s3Model, "/{Bucket}"),
  "arc-zonal-shift": routesOf("rest-json", zonalShift),
};

function parse(body: Buffer): Record<string, unknown> {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString());
  } catch {
    return {};
  }
}
