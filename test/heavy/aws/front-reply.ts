import type { AwsCall, Protocol } from "./front-call.ts";

/** What a call is answered with. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** An error as AWS answers it; thrown by an answer, it is written as the service writes its own. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Kinds of errors that any service can answer any call with. */
export type ErrorKind = "throttle" | "server-error" | "denied" | "expired" | "invalid-key";

/** That error as this call's service words it. */
export function errorOf(kind: ErrorKind, { protocol, service, operation }: AwsCall): AwsError {
  const [code, status] = errors[kind][protocol];
  const message = {
    throttle: protocol === "ec2" ? "Request limit exceeded." : "Rate exceeded",
    "server-error": "An internal error has occurred",
    denied: `You are not authorized to perform: ${service.toLowerCase()}:${operation}`,
    expired: protocol === "ec2" ? "Request has expired." : "The security token included in the request is expired",
    "invalid-key":
      protocol === "ec2"
        ? "AWS was not able to validate the provided access credentials"
        : "The security token included in the request is invalid.",
  }[kind];
  return new AwsError(code, message, status);
}

type Row = Readonly<Record<Protocol, readonly [code: string, status: number]>>;

const errors: Readonly<Record<ErrorKind, Row>> = {
  throttle: {
    ec2: ["RequestLimitExceeded", 503],
    query: ["Throttling", 400],
    json: ["ThrottlingException", 400],
    "rest-json": ["ThrottlingException", 429],
    "rest-xml": ["SlowDown", 503],
  },
  "server-error": {
    ec2: ["InternalError", 500],
    query: ["InternalFailure", 500],
    json: ["InternalFailure", 500],
    "rest-json": ["ServerException", 500],
    "rest-xml": ["InternalError", 500],
  },
  denied: {
    ec2: ["UnauthorizedOperation", 403],
    query: ["AccessDenied", 403],
    json: ["AccessDeniedException", 400],
    "rest-json": ["AccessDeniedException", 403],
    "rest-xml": ["AccessDenied", 403],
  },
  expired: {
    ec2: ["RequestExpired", 400],
    query: ["ExpiredToken", 403],
    json: ["ExpiredTokenException", 400],
    "rest-json": ["ExpiredTokenException", 403],
    "rest-xml": ["ExpiredToken", 400],
  },
  "invalid-key": {
    ec2: ["AuthFailure", 401],
    query: ["InvalidClientTokenId", 403],
    json: ["UnrecognizedClientException", 400],
    "rest-json": ["UnrecognizedClientException", 403],
    "rest-xml": ["InvalidAccessKeyId", 403],
  },
};

const requestId = "00000000-0000-0000-0000-00000000a00a";

/** An error in the words of the call's protocol. */
export function errorReply({ protocol }: AwsCall, { code, message, status }: AwsError): Reply {
  const xml = `<Code>${escaped(code)}</Code><Message>${escaped(message)}</Message>`;
  switch (protocol) {
    case "ec2":
      return xmlReply(
        status,
        `<Response><Errors><Error>${xml}</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
      );
    case "query":
      return xmlReply(
        status,
        `<ErrorResponse><Error><Type>${status < 500 ? "Sender" : "Receiver"}</Type>${xml}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      );
    case "rest-xml":
      return xmlReply(status, `<Error>${xml}<RequestId>${requestId}</RequestId></Error>`);
    case "rest-json":
      return jsonReply(status, { message }, { "x-amzn-errortype": code });
    case "json":
      return jsonReply(status, { __type: code, message });
  }
}

/** An answer in the words of the call's protocol; names as they are on the wire, a list in XML as `item` or `member`. */
export function outputReply({ protocol, operation }: AwsCall, output: object): Reply {
  switch (protocol) {
    case "ec2":
      return xmlReply(
        200,
        `<${operation}Response><requestId>${requestId}</requestId>${xmlOf(output, "item")}</${operation}Response>`,
      );
    case "query":
      return xmlReply(
        200,
        `<${operation}Response><${operation}Result>${xmlOf(output, "member")}</${operation}Result></${operation}Response>`,
      );
    case "rest-xml":
      return xmlReply(200, xmlOf(output, "member"));
    default:
      return jsonReply(200, output);
  }
}

function xmlOf(value: unknown, item: string): string {
  if (Array.isArray(value)) return value.map((one) => `<${item}>${xmlOf(one, item)}</${item}>`).join("");
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([name, one]) => `<${name}>${xmlOf(one, item)}</${name}>`)
      .join("");
  return escaped(String(value));
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function xmlReply(status: number, xml: string): Reply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`;
  return { status, headers: { "content-type": "text/xml", "x-amzn-requestid": requestId }, body };
}

function jsonReply(status: number, output: object, headers: Record<string, string> = {}): Reply {
  const all = { "content-type": "application/json", "x-amzn-requestid": requestId, ...headers };
  return { status, headers: all, body: JSON.stringify(output) };
}
