import { quantityOf } from "../../kernel/quantity.ts";
import { type JsonObject, objectOr } from "../core/json.ts";
import { type Problem, problem } from "../core/status-errors.ts";
import type { Check } from "./checks.ts";

const standard = ["cpu", "memory", "ephemeral-storage"];

/** Requests and limits of a container: of known resources, whole where they must be, and no request above its limit. */
export const resources: Check = (value, path) => {
  const { limits, requests } = objectOr(value);
  return [
    ...checkAmounts(objectOr(limits), `${path}.limits`),
    ...checkAmounts(objectOr(requests), `${path}.requests`),
    ...Object.entries(objectOr(requests)).flatMap(([name, request]) =>
      checkLimit(name, String(request), objectOr(limits)[name], path),
    ),
  ];
};

function checkAmounts(amounts: JsonObject, path: string): Problem[] {
  return Object.entries(amounts).flatMap(([name, amount]) => checkAmount(name, amount, `${path}[${name}]`));
}

function checkAmount(name: string, amount: unknown, field: string): Problem[] {
  const value = quantityOf(String(amount)) ?? 0;
  if (!name.includes("/") && !standard.includes(name) && !name.startsWith("hugepages-"))
    return [
      problem.invalid(field, name, "must be a standard resource type or fully qualified"),
      problem.invalid(field, name, "must be a standard resource for containers"),
    ];
  if (value < 0) return [problem.invalid(field, amount, "must be greater than or equal to 0")];
  const isWhole = standard.includes(name) || Number.isInteger(value);
  return isWhole ? [] : [problem.invalid(field, amount, "must be an integer")];
}

function checkLimit(name: string, request: string, limit: unknown, path: string): Problem[] {
  const canExceed = standard.includes(name);
  if (limit === undefined) {
    const why = "Limit must be set for non overcommitable resources";
    return canExceed ? [] : [problem.required(`${path}.limits`, why)];
  }
  const more = (quantityOf(request) ?? 0) - (quantityOf(String(limit)) ?? 0);
  if (canExceed ? more <= 0 : more === 0) return [];
  const why = `must be ${canExceed ? "less than or equal" : "equal"} to ${name} limit of ${limit}`;
  return [problem.invalid(`${path}.requests`, request, why)];
}
