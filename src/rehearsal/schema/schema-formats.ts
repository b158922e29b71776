import { isIP, isIPv4, isIPv6 } from "node:net";

const dateTime = /^\d{4}-\d{2}-\d{2}t\d{2}:\d{2}:\d{2}(\.\d+)?(z|[+-]\d{2}:\d{2})$/i;
const isDateTime = (text: string) => dateTime.test(text) && !Number.isNaN(Date.parse(text));
const isHostLabel = (label: string) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/i.test(label);

/** The formats of texts that the API server checks, of those in use. Others are not looked at. */
const formats: Record<string, (text: string) => boolean> = {
  "date-time": isDateTime,
  datetime: isDateTime,
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
  duration: (text) => /^-?(\d+(\.\d+)?\s*(ns|us|µs|ms|s|m|h|d|w)\s*)+$/.test(text) || text === "0",
  byte: (text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text),
  uuid: (text) => /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text),
  uri: (text) => URL.canParse(text),
  email: (text) => /^[^\s@]+@[^\s@]+$/.test(text),
  hostname: (text) => text.length <= 253 && text.replace(/\.$/, "").split(".").every(isHostLabel),
  ipv4: isIPv4,
  ipv6: isIPv6,
  cidr: (text) => /^[^/]+\/\d{1,3}$/.test(text) && isIP(text.split("/")[0] ?? "") > 0,
  mac: (text) => /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(text),
};

/** Whether a text has the format; true for formats that are not checked. */
export function hasFormat(format: string, text: string): boolean {
  return formats[format]?.(text) ?? true;
}
