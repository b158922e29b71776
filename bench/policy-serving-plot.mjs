// Serving policies by what they provide too much and what goes unserved.
import { load } from "./policy-load.mjs";

/** Policies beyond this would crowd the others. */
const most = { overProvision: 0.6, unservedShare: 0.06 };

export async function servingPlot(all, style) {
  const { scatterPlot } = await load("scatter-plot");
  const { linearScale } = await load("scale");
  const { inside } = await load("plot");
  const rows = all.filter(
    ({ overProvision, unservedShare }) => overProvision <= most.overProvision && unservedShare <= most.unservedShare,
  );
  const highest = (of) => 100 * Math.max(...rows.map(of));
  const text = (value) => String(Number(value.toPrecision(4)));
  const axis = (of, length, title) => ({ scale: linearScale(0, highest(of), length), title, text });
  const x = axis(({ overProvision }) => overProvision, inside.width, "nodes beyond demand, in % of demand");
  const y = axis(({ unservedShare }) => unservedShare, inside.height, "demand unserved, in %");
  const description = `Over-provision and unserved demand of ${rows.length} policies`;
  return scatterPlot(rows.map(markOf), { x, y, description, style }).markup;
}

function markOf({ policy, overProvision, unservedShare }) {
  const isOwn = policy.startsWith("budget");
  const isKnowing = policy === "clairvoyant" || policy.startsWith("always");
  const [x, y] = [100 * overProvision, 100 * unservedShare];
  return {
    name: isOwn ? "aura" : policy,
    tone: isOwn ? "aura" : isKnowing ? "hindsight" : "baseline",
    x,
    y,
    title: `${policy}: ${y.toFixed(2)} % unserved at ${x.toFixed(1)} % over-provision`,
    isReal: !isKnowing,
  };
}
