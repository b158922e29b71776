import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Container } from "../../cluster/objects.ts";
import { parseQuantity } from "../../kernel/quantity.ts";

/** The device a simulated node has, by the catalog. */
export interface SimulatedGpu {
  /** What nvidia-smi calls it, such as `NVIDIA A10G`. */
  readonly product: string;
  readonly memoryMib: number;
  readonly count: number;
}

/** GPUs that a container is given: its limit of nvidia.com/gpu. */
export function gpusOf(container: Container): number {
  const { limits, requests } = container.resources ?? {};
  return parseQuantity(limits?.["nvidia.com/gpu"] ?? requests?.["nvidia.com/gpu"] ?? 0);
}

/**
 * Puts an `nvidia-smi` into `directory` that shows `count` of the simulated devices and says that it is a rehearsal.
 * Without devices it says what the real one says: "No devices were found", exit code 6.
 * @returns the file.
 */
export function writeGpuShim(directory: string, gpu: SimulatedGpu | undefined, count: number): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, "nvidia-smi");
  writeFileSync(file, shimScript(gpu, count), { mode: 0o700 });
  return file;
}

/** The script: POSIX sh, and no program but `date`. */
export function shimScript(gpu: SimulatedGpu | undefined, count: number): string {
  return `#!/bin/sh
# nvidia-smi of an Aura rehearsal: no device is here, the catalog's is shown
product=${quote(gpu?.product ?? "none")}
memory=${Math.round(gpu?.memoryMib ?? 0)}
count=${gpu === undefined ? 0 : Math.min(Math.trunc(count), gpu.count)}
${shimBody}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

// Values of a device at rest. What only a real device could tell is [N/A], as nvidia-smi writes it.
const shimBody = `
query= formats= list= only=
while [ $# -gt 0 ]; do
  case $1 in
    --query-gpu=*) query=\${1#*=} ;;
    --format=*) formats=\${1#*=} ;;
    -L | --list-gpus) list=1 ;;
    -i | --id) only=$2; shift ;;
    -i=* | --id=*) only=\${1#*=} ;;
    -h | --help)
      echo 'nvidia-smi of an Aura rehearsal: simulated devices. It knows: nothing, -L, -i N, --query-gpu=… --format=csv[,noheader][,nounits]'
      exit 0 ;;
    *)
      echo "nvidia-smi of an Aura rehearsal does not know the option $1" >&2
      exit 2 ;;
  esac
  shift
done
case $only in *[!0-9]*) echo "nvidia-smi of an Aura rehearsal takes a number after -i, not $only" >&2; exit 2 ;; esac

if [ "$count" -eq 0 ]; then
  echo 'No devices were found'
  exit 6
fi

uuid() { printf 'GPU-00000000-0000-0000-0000-%012d' "$1"; }

value() {
  case $1 in
    name | gpu_name) printf '%s' "$product" ;;
    index) printf '%s' "$2" ;;
    count) printf '%s' "$count" ;;
    uuid | gpu_uuid) uuid "$2" ;;
    memory.total | memory.free) printf '%s%s' "$memory" "$mib" ;;
    memory.used) printf '0%s' "$mib" ;;
    utilization.gpu | utilization.memory) printf '0%s' "$percent" ;;
    driver_version) printf 'simulated' ;;
    timestamp) date '+%Y/%m/%d %H:%M:%S.000' ;;
    *) printf '[N/A]' ;;
  esac
}

heading() {
  case $1 in
    gpu_name | gpu_uuid) printf '%s' "\${1#gpu_}" ;;
    memory.total | memory.free | memory.used) printf '%s [MiB]' "$1" ;;
    utilization.gpu | utilization.memory) printf '%s [%%]' "$1" ;;
    temperature.* | pci.* | pci | power.* | clocks.* | ecc.* | fan.speed | pstate | compute_cap | compute_mode | persistence_mode | serial | \
    vbios_version | mig.mode.* | name | index | count | uuid | driver_version | timestamp) printf '%s' "$1" ;;
    *) return 1 ;;
  esac
}

devices() {
  index=0
  while [ "$index" -lt "$count" ]; do
    if [ -z "$only" ] || [ "$only" -eq "$index" ]; then "$1" "$index"; fi
    index=$((index + 1))
  done
}

list_line() { printf 'GPU %s: %s (UUID: %s)\\n' "$1" "$product" "$(uuid "$1")"; }

csv_line() {
  line= separator=
  for field in $fields; do
    line="$line$separator$(value "$field" "$1")"
    separator=', '
  done
  printf '%s\\n' "$line"
}

table_line() {
  printf '|  %2s  %-38.38s %20s %10s |\\n' "$1" "$product" "0MiB / \${memory}MiB" '0%'
}

csv() {
  mib=' MiB' percent=' %'
  case ,$formats, in *,nounits,*) mib= percent= ;; esac
  case ,$formats, in *,csv,*) ;; *) echo 'nvidia-smi: --query-gpu needs --format=csv' >&2; exit 2 ;; esac
  fields= heads= separator=
  old=$IFS; IFS=,; set -f
  for field in $query; do
    field=\${field# }
    head=$(heading "$field") || { echo "Field \\"$field\\" is not a valid field to query."; exit 2; }
    fields="$fields $field"
    heads="$heads$separator$head"
    separator=', '
  done
  IFS=$old
  case ,$formats, in *,noheader,*) ;; *) printf '%s\\n' "$heads" ;; esac
  devices csv_line
}

if [ -n "$only" ] && [ "$only" -ge "$count" ]; then
  echo 'No devices were found'
  exit 6
elif [ -n "$list" ]; then
  devices list_line
elif [ -n "$query" ]; then
  csv
else
  date
  echo '+-----------------------------------------------------------------------------+'
  echo '| NVIDIA-SMI simulated    Driver simulated    AURA REHEARSAL: no real device  |'
  echo '|-----------------------------------------------------------------------------|'
  echo '| GPU  Name                                           Memory-Usage   GPU-Util |'
  echo '|=============================================================================|'
  devices table_line
  echo '+-----------------------------------------------------------------------------+'
fi
`;
