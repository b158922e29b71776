import { humanUsd } from "../../kernel/text.ts";
import type { ChargeModel, NodeModel, TimelineModel } from "../../timeline/model-types.ts";
import { priceSourceText } from "../../timeline/price-sources.ts";
import { approximate, capitalized, percentText, secondsText } from "../words.ts";
import { type Cell, cell, dash, moment, number, offerText, type Table } from "./table.ts";

export function phasesTable({ run, phases, seconds, awsSeconds }: TimelineModel): Table {
  const estimates = phases.flatMap((phase) => phase.estimates);
  // where the cluster is real, there is one time
  const isRehearsal = run?.target === "rehearsal";
  const took = (here: number, aws: number, estimate: boolean) => [
    ...(isRehearsal ? [cell(secondsText(here))] : []),
    cell(approximate(secondsText(aws), estimate)),
  ];
  return {
    columns: [
      { title: "Phase" },
      { title: "Result" },
      ...(isRehearsal ? [number("Took here"), number("On AWS")] : [number("Took")]),
    ],
    rows: phases.map((phase) => [
      cell(phase.name),
      phase.state === "succeeded" ? cell("succeeded", "good") : cell(phaseProblem(phase), "bad"),
      ...took(phase.seconds, phase.awsSeconds, phase.estimates.length > 0),
    ]),
    foot: [cell("All"), { text: "" }, ...took(seconds, awsSeconds, estimates.length > 0)],
    notes: estimates.map(
      ({ phase, name, seconds: extra, source }) => `≈ ${phase} includes ${secondsText(extra)} for ${name} (${source})`,
    ),
  };
}

function phaseProblem({ state, message }: { readonly state: string; readonly message?: string }): string {
  return message === undefined ? state : `${state}: ${message}`;
}

export function nodeTimesTable({ nodes, span }: TimelineModel): Table {
  const states = ["requested", "launched", "registered", "ready", "disrupted", "gone"] as const;
  return {
    columns: [
      { title: "Node" },
      { title: "Instance", wide: true },
      ...states.map((state) => number(capitalized(state))),
    ],
    rows: nodes.map((node) => [
      cell(node.name),
      cell(offerText(node)),
      ...states.map((state) => moment(node.at[state], span.from)),
    ]),
  };
}

/** What each node and each charge cost, against on demand and against being there all month. */
export function costTable(model: TimelineModel): Table {
  const { nodes, charges, compare, usd } = model;
  return {
    columns: [
      { title: "What" },
      { title: "Instance", wide: true },
      number("Billed for"),
      number("Busy"),
      number("Paid"),
      number("On demand"),
      number("Always on, a month"),
    ],
    rows: [...nodes.map(nodeCost), ...charges.map(chargeCost)],
    foot: [
      cell("All"),
      { text: "" },
      { text: "" },
      { text: "" },
      cell(approximate(totalText(usd, model), isEstimated(model))),
      cell(totalText(compare.onDemandUsd, model)),
      cell(totalText(compare.alwaysOnUsdPerMonth, model)),
    ],
    notes: costNotes(model),
  };
}

const hoursPerMonth = 730;

function nodeCost(node: NodeModel): Cell[] {
  const { billed, priced, priceEstimated } = node;
  if (billed === undefined) return [cell(node.name), cell("never launched", "quiet"), dash, dash, dash, dash, dash];
  const money = (usd: number, estimate: boolean) =>
    cell(priced ? approximate(humanUsd(usd), estimate) : "price unknown");
  return [
    cell(node.name),
    cell(gpuOffer(node)),
    cell(
      `${secondsText((billed.to - billed.from) / 1000)}${node.open ? ", still there" : ""}`,
      node.open ? "bad" : undefined,
    ),
    cell(percentText(node.busy)),
    money(node.usd, priceEstimated),
    money(node.onDemandUsd, priceEstimated && node.capacityType === "on-demand"),
    money(node.onDemandUsdPerHour * hoursPerMonth, priceEstimated && node.capacityType === "on-demand"),
  ];
}

function gpuOffer(node: NodeModel): string {
  return node.gpus === 0 ? offerText(node) : `${offerText(node)}, ${node.gpus} × ${node.gpu ?? "GPU"}`;
}

function chargeCost({ name, seconds, usd, usdPerHour, source, open }: ChargeModel): Cell[] {
  const estimate = isEstimate(source);
  return [
    cell(name),
    cell("environment, by the hour", "quiet"),
    cell(`${secondsText(seconds)}${open ? ", still there" : ""}`, open ? "bad" : undefined),
    dash,
    cell(approximate(humanUsd(usd), estimate)),
    cell(approximate(humanUsd(usd), estimate)),
    cell(approximate(humanUsd(usdPerHour * hoursPerMonth), estimate)),
  ];
}

/** Whether an estimated price or time is part of the total. */
export function isEstimated({ nodes, charges, phases }: TimelineModel): boolean {
  const times = charges.length > 0 && phases.some(({ estimates }) => estimates.length > 0);
  return (
    times || nodes.some(({ priceEstimated }) => priceEstimated) || charges.some(({ source }) => isEstimate(source))
  );
}

/** A sum for people: a node whose price nobody knows makes it a lower bound. */
export function totalText(usd: number, { nodes }: TimelineModel): string {
  const isPartial = nodes.some(({ billed, priced }) => billed !== undefined && !priced);
  return isPartial ? `at least ${humanUsd(usd)}` : humanUsd(usd);
}

function isEstimate(source: string): boolean {
  return source.startsWith("estimate");
}

function costNotes({ nodes, charges, phases, prices, span }: TimelineModel): string[] {
  const estimated = nodes.filter((node) => node.priceEstimated);
  const added = phases.some(({ estimates }) => estimates.length > 0);
  return [
    "A node is billed from its launch until it is gone, by the second and for a minute at least (Amazon EC2 API Reference, StartInstances).",
    ...(added ? ["The environment is billed for the time on AWS, what deploy and destroy take there included."] : []),
    "Always on is a month of 730 hours on demand; in the last row it is the dearest fleet that ran at once, not the sum.",
    ...(estimated.length > 0
      ? ["≈ the price is an estimate of the instance catalog, not a published or quoted one."]
      : []),
    ...(nodes.some(({ billed, priced }) => billed && !priced)
      ? ["A node whose price is unknown is not in the sums: the run cost more."]
      : []),
    ...prices.map((source) => `Prices of nodes, ${priceSourceText(source, span.to)}`),
    ...charges.map(({ name, source, usdPerHour }) => `${name}: ${humanUsd(usdPerHour)} an hour (${source})`),
  ];
}
