import { humanDuration } from "../kernel/text.ts";

/** Time since the start of the run: `+4:05`, `+1:04:05`. */
export function offsetText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, "0");
  return hours === 0 ? `+${minutes}:${tail}` : `+${hours}:${String(minutes).padStart(2, "0")}:${tail}`;
}

export function secondsText(seconds: number): string {
  return humanDuration(seconds * 1000);
}

/** `2 min`, `1 h 30 min`: for axes and headlines, where seconds do not matter. */
export function roughDuration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

export function percentText(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

export function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Marks a figure as an estimate. */
export function approximate(text: string, estimate: boolean): string {
  return estimate ? `≈ ${text}` : text;
}
