// Gaps of a trace's pools as rows to learn from: demand as it was asked for, without waits, through the same watch that the
// policy has, so that training and use see the same features.

/** Pools by tenant and GPUs per node. `modules` are the built src/policy/release modules; `keepUser` picks the jobs. */
export function gapRows(modules, trace, { tenant, keepUser = () => true, weight = 1 }) {
  const { GapWatch, featuresOf, bucketOf } = modules;
  const rows = [];
  const open = new Set();
  const watch = new GapWatch({
    begun: ({ pool, ...start }) => {
      const row = {
        features: featuresOf({ pool, ...start }),
        at: pool.nowSeconds,
        tenant: pool.tenant,
        bucket: 0,
        censored: true,
      };
      const gpus = Math.max(1, pool.gpus);
      rows.push({ ...row, gpus, weight: weight * start.weight * Math.sqrt(gpus) });
      open.add(rows.at(-1));
      return rows.at(-1);
    },
    outlived: () => {},
    ended: ({ context }, seconds, bucket) => {
      Object.assign(context, { bucket, seconds, censored: false });
      open.delete(context);
    },
  });
  const events = eventsOf(trace, tenant, keepUser);
  for (const { pool, at, type, job } of events) {
    pool.nowSeconds = at;
    watch.observe(pool, { type, job });
  }
  for (const row of open) row.bucket = bucketOf((events.at(-1)?.at ?? 0) - row.at);
  return rows;
}

/** Arrivals and ends up to the last submission, in order; what ends goes first. */
function eventsOf({ jobs, users, groups, startMs }, tenant, keepUser) {
  const pools = new Map();
  const events = [];
  for (let row = 0; row < jobs.count; row += 1) {
    const [user, group] = [users[jobs.user[row]] ?? "", groups[jobs.group[row]] ?? ""];
    const nodes = jobs.nodes[row];
    const gpus = jobs.gpus[row] / nodes;
    if (!keepUser(user) || !Number.isFinite(gpus)) continue;
    const submitSeconds = jobs.submitSeconds[row];
    const endSeconds = submitSeconds + jobs.durationSeconds[row];
    const name = { user: user || group, group, shared: "all" }[tenant];
    const pool = poolOf(pools, { name, gpus: gpus > 0 && gpus < 1 ? 1 : gpus, startMs });
    const job = {
      user: jobs.user[row],
      group: jobs.group[row],
      gpus,
      nodes,
      submitSeconds,
      startSeconds: submitSeconds,
    };
    events.push({ pool, at: submitSeconds, type: "arrived", job: { ...job, endSeconds: Number.NaN, status: 0 } });
    events.push({ pool, at: endSeconds, type: "ended", job: { ...job, endSeconds, status: jobs.status[row] } });
  }
  const last = jobs.submitSeconds[jobs.count - 1] ?? 0;
  const order = { ended: 0, arrived: 1 };
  return events.filter(({ at }) => at <= last).sort((a, b) => a.at - b.at || order[a.type] - order[b.type]);
}

function poolOf(pools, { name, gpus, startMs }) {
  const key = `${name}/${gpus}`;
  const found = pools.get(key);
  if (found !== undefined) return found;
  const costs = { usdPerHour: 1, launchSeconds: 300, loadSeconds: 0, waitingWeight: 1, restartUsd: 0 };
  const pool = {
    id: pools.size,
    tenant: name,
    shape: `${gpus}`,
    gpus,
    costs,
    startMs,
    nowSeconds: 0,
    busy: 0,
    booting: 0,
    queued: 0,
    idle: [],
  };
  pools.set(key, pool);
  return pool;
}
