/** Mean and most of values as they come. */
export interface RunningMoments {
  add(value: number): void;
  /** 0 while there is none. */
  mean(): number;
  most(): number;
  reset(): void;
}

export function runningMoments(): RunningMoments {
  let [count, sum, most] = [0, 0, 0];
  return {
    add(value) {
      count += 1;
      sum += value;
      most = Math.max(most, value);
    },
    mean: () => (count === 0 ? 0 : sum / count),
    most: () => most,
    reset() {
      [count, sum, most] = [0, 0, 0];
    },
  };
}
