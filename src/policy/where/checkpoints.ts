/** What may befall a run: times in seconds, the rate for all its nodes together. */
export interface Hazards {
  /** Interruptions per second; 0 never. */
  readonly perSecond: number;
  /** What writing a checkpoint costs; undefined: the job has none, and starts anew. */
  readonly checkpointSeconds?: number | undefined;
  /** From an interruption until the job runs again. */
  readonly restartSeconds: number;
}

export interface ExpectedRun {
  /** Run, checkpoints, lost work and restarts, without the first start. */
  readonly seconds: number;
  readonly interruptions: number;
  /** Absent: a run without checkpoints is no worse. */
  readonly everySeconds?: number;
}

/**
 * How often to write a checkpoint that costs δ when a failure comes every M seconds: Daly's estimate (FGCS 22, 2006),
 * √(2δM)·(1 + ⅓√(δ/2M) + ⅑·δ/2M) − δ, which Young's √(2δM) is the first term of; M where a checkpoint costs more than 2M.
 */
export function checkpointEvery(checkpointSeconds: number, meanSecondsToFailure: number): number {
  const ratio = checkpointSeconds / (2 * meanSecondsToFailure);
  if (ratio >= 1) return meanSecondsToFailure;
  const young = Math.sqrt(2 * checkpointSeconds * meanSecondsToFailure);
  return young * (1 + Math.sqrt(ratio) / 3 + ratio / 9) - checkpointSeconds;
}

/**
 * How long a run of `workSeconds` is expected to take. A stretch of s seconds that has to be done in one go, with failures
 * at rate λ and restarts of R, takes (1/λ + R)(e^{λs} − 1): nearly s while λs is small, and then exponentially more, which
 * is what a long job without checkpoints pays. Restarts themselves are taken to be left alone.
 */
export function expectedRun(workSeconds: number, hazards: Hazards): ExpectedRun {
  const whole = stretches(workSeconds, 1, hazards);
  const { checkpointSeconds, perSecond } = hazards;
  if (checkpointSeconds === undefined || perSecond === 0) return whole;
  const everySeconds = checkpointEvery(checkpointSeconds, 1 / perSecond);
  if (everySeconds >= workSeconds) return whole;
  const split = stretches(everySeconds + checkpointSeconds, workSeconds / everySeconds, hazards);
  return split.seconds < whole.seconds ? { ...split, everySeconds } : whole;
}

function stretches(seconds: number, count: number, { perSecond, restartSeconds }: Hazards): ExpectedRun {
  if (perSecond === 0) return { seconds: seconds * count, interruptions: 0 };
  const interruptions = count * Math.expm1(perSecond * seconds);
  return { seconds: (1 / perSecond + restartSeconds) * interruptions, interruptions };
}
