/**
 * What generated demand is made of. "Philly": measured on 12,418 jobs of 120 users in ten days of Microsoft's Philly
 * trace, without the robot u48 and what ran already (2026-11-25); the rest says where it is from, or is assumed.
 */
export const figures = {
  /** Philly: 77 % one GPU, 3 % two, 7 % four, 11 % eight, 2 % more. Small teams have fewer large jobs: assumed. */
  gpus: [
    [1, 0.84],
    [2, 0.05],
    [4, 0.06],
    [8, 0.05],
  ],
  /** Of gangs of whole 8-GPU nodes; Philly: 210 jobs of 16 GPUs, 33 of 32. One node is a gang of one: assumed. */
  gangGpus: [
    [8, 0.6],
    [16, 0.3],
    [32, 0.1],
  ],
  /** Philly: 34 % of the jobs fail, most of them early: median 71 s, but with a tail (σ of the logarithm 3.1). */
  failing: { share: 0.36, earlyShare: 0.85, earlySeconds: 60, earlySigma: 1.2, lateSeconds: 3600, lateSigma: 1.2 },
  /** Philly: jobs that pass have a median of 345 s and σ 2.4: here a body of σ 1.5 and a Pareto tail. */
  passing: { medianSeconds: 345, sigma: 1.5 },
  /**
   * Long runs. Philly: p90 is 10 h, p99 ten days, and 10 % of the jobs take 96 % of the GPU time. Small teams are assumed
   * to have fewer and shorter ones: 10 % of the jobs take 75 to 92 %.
   */
  tail: { share: 0.07, leastSeconds: 7200, alpha: 0.9, mostSeconds: 12 * 86_400 },
  /** Philly: 13 % of the jobs are killed, after a median of 3.6 h: of the long runs, about half. */
  killedShare: 0.5,
  /** Who failed comes back. Philly: 36 % submit within ten minutes of the end; here over 50 %, as people of small teams wait for their one job: assumed. */
  retry: { share: 0.75, thinkSeconds: 90, thinkSigma: 0.9 },
  /** Who succeeded goes on. Philly: 50 % submit within two minutes, mostly scripts: assumed here. */
  next: { share: 0.75, thinkSeconds: 240, thinkSigma: 1.1 },
  /** Philly: 61 % of the jobs come in bursts of four and more within 30 s. Size and spread: assumed. */
  sweep: { least: 4, most: 32, gapSeconds: 4, medianSeconds: 1500, sigma: 1, spread: 0.25, failing: 0.1 },
  /** Notebooks and shells: assumed. */
  interactive: { leastSeconds: 1800, mostSeconds: 5 * 3600 },
  /** Alibaba openb: 41 % of the GPU pods ask for a share of a GPU, most often these. Here of the users: assumed. */
  shares: { userShare: 0.2, sizes: [0.25, 0.5, 0.5, 0.8] },
  /** Working days: assumed. Start, length and attendance vary between people. */
  hours: { start: 9.3, startDeviation: 1, length: 9, lengthDeviation: 1, weekend: 0.08, elsewhere: 0.12 },
  /** One for every seven users, between 00:00 and 06:00 local time, at the same minute: assumed. */
  nightly: { usersEach: 7, jitterSeconds: 60, medianSeconds: 4500, sigma: 0.6, spread: 0.12, failing: 0.05 },
  /** Mean GPU utilization of a job in percent. Philly's paper: 52 on average; interactive: assumed. */
  utilization: { batch: [58, 22], interactive: 12 },
} as const;
