import { expect, test } from "vitest";

import { parseTrace } from "../../../src/trace/read/read-trace.ts";

function jobs(text: string, name = "t") {
  const result = parseTrace(text, { name });
  if (result.kind !== "jobs") throw new Error(result.kind);
  return result;
}

function rates(text: string, options: { name?: string; stepSeconds?: number } = {}) {
  const result = parseTrace(text, { name: "t", ...options });
  if (result.kind !== "rates") throw new Error(result.kind);
  return result;
}

// the example of the README of msr-fiddle/philly-traces, with fewer GPUs, and the cases that its notes name
const philly = JSON.stringify([
  {
    status: "Pass",
    vc: "ee9e8c",
    jobid: "application_1506638472019_14199",
    attempts: [
      {
        start_time: "2017-10-07 01:12:09",
        end_time: "2017-10-07 01:13:23",
        detail: [{ ip: "m47", gpus: ["gpu0", "gpu1"] }],
      },
      {
        start_time: "2017-10-07 01:13:30",
        end_time: "2017-10-09 06:53:12",
        detail: [
          { ip: "m4{12", gpus: ["gpu0"] },
          { ip: 'm"4', gpus: ["gpu3"] },
        ],
      },
    ],
    submitted_time: "2017-10-07 01:11:39",
    user: "ce2f4c",
  },
  { status: "Killed", vc: "v", jobid: "2", attempts: [], submitted_time: "2017-10-07 01:11:39", user: "u" },
  {
    status: "Failed",
    vc: "v",
    jobid: "3",
    attempts: [{ start_time: "2017-10-07 00:00:00", end_time: null, detail: [] }],
    submitted_time: "2017-10-07 01:11:39",
    user: null,
  },
  { status: "Pass", attempts: 7, submitted_time: "2017-10-07 01:11:39" },
]);

test("philly's job log is read as JSON", () => {
  const { trace, rejected, format } = jobs(philly);
  expect(format).toBe("Philly cluster_job_log");
  expect(trace.jobs.count).toBe(1);
  expect(new Date(trace.startMs).toISOString()).toBe("2017-10-07T00:00:00.000Z");
  expect(trace.jobs.submitSeconds[0]).toBe(4299);
  expect(trace.jobs.durationSeconds[0]).toBe(74 + 2 * 86_400 + 5 * 3600 + 39 * 60 + 42);
  expect([trace.jobs.gpus[0], trace.jobs.nodes[0], trace.jobs.status[0]]).toEqual([2, 2, 1]);
  expect([trace.users, trace.groups]).toEqual([["ce2f4c"], ["ee9e8c"]]);
  expect(rejected.causes.map(({ cause }) => cause)).toEqual([
    "has no attempts: it never ran",
    "has no attempt with both ends",
    "attempts is not as in Philly's cluster_job_log",
  ]);
});

test("line numbers of JSON are where jobs start", () => {
  const lines = `[\n{"status": "Pass",\n "attempts": [], "submitted_time": "x"},\n${philly.slice(1)}`;
  expect(jobs(lines).rejected.causes[0]).toMatchObject({ cause: "submitted_time is not a time", firstLine: 2 });
});

const pods = [
  "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time",
  "openb-pod-0000,12000,16384,1,1000,,LS,Running,0,12537496,0",
  "openb-pod-0011,8000,32768,1,460,T4,LS,Succeeded,6588193,10959245,6595531",
  "openb-pod-0015,88000,327680,8,1000,V100M16|V100M32,Burstable,Failed,9437497,10769854,9437497",
  "openb-pod-0055,11908,47104,1,1000,,BE,Pending,10001278,10001403,",
];

test("openb pods are read with their shares", () => {
  const { trace, rejected } = jobs(pods.join("\n"));
  expect([...trace.jobs.gpus]).toEqual([1, 0.46, 8]);
  expect([...trace.jobs.durationSeconds]).toEqual([12_537_496, 4_363_714, 1_332_357]);
  expect([...trace.jobs.status]).toEqual([4, 1, 2]);
  expect([trace.jobs.cpus[1], trace.jobs.memoryGib[1]]).toEqual([8, 32]);
  expect(trace.gpuTypes).toEqual([["T4"], ["V100M16", "V100M32"]]);
  expect(rejected.causes).toEqual([{ cause: "scheduled_time is not recorded", count: 1, firstLine: 5 }]);
});

test("helios and acme logs are read alike", () => {
  const helios = jobs(
    [
      "job_id,user,vc,gpu_num,cpu_num,node_num,state,submit_time,start_time,end_time,duration,queue",
      "1425511,uXBbc,vcJkd,1,1,1,COMPLETED,2020-06-09 18:41:01,2020-06-09 18:41:01,2020-06-10 04:55:09,36848,0",
      "1425513,uzqls,vcpDC,4,16,2,TIMEOUT,2020-06-09 18:41:28,2020-06-09 18:41:38,2020-06-09 18:41:08,30,0",
    ].join("\n"),
  );
  expect([helios.trace.jobs.durationSeconds[0], helios.trace.jobs.submitSeconds[0]]).toEqual([36_848, 67_261]);
  expect(helios.rejected.causes[0]?.cause).toBe("end_time is before start_time");
  const acme = jobs(
    [
      "job_id,user,node_num,gpu_num,cpu_num,mem_per_pod_GB,shared_mem_per_pod,type,state,submit_time,start_time,end_time,fail_time,stop_time,duration,queue,gpu_time",
      "dlctk,uf794,8,64,960,1000,100.0,Other,FAILED,2023-05-17 11:00:58+00:00,2023-05-17 11:01:08+00:00,2023-05-17 11:01:16+00:00,,,18,10.0,1152.0",
      "dlctl,uf794,1,1,9,10,1.0,Other,RUNNING,2023-05-17 11:00:58+00:00,2023-05-17 11:01:08+00:00,,,,,,",
    ].join("\n"),
  );
  // its own duration, 18 s, has the queue in it
  expect([acme.trace.jobs.durationSeconds[0], acme.trace.jobs.memoryGib[0], acme.trace.jobs.nodes[0]]).toEqual([
    8, 8000, 8,
  ]);
  expect([acme.trace.groups, acme.trace.jobs.status[0]]).toEqual([["Other"], 2]);
  expect(acme.rejected.causes[0]?.cause).toBe("has no end_time: it still ran");
});

test("spot jobs of alibaba count every worker", () => {
  const { trace } = jobs(
    [
      "job_name,organization,gpu_model,cpu_request,gpu_request,worker_num,submit_time,duration,job_type",
      "437261,57,A100-SXM4-80GB,15,1,94,9589663,71718,Spot",
    ].join("\n"),
  );
  expect([trace.jobs.gpus[0], trace.jobs.cpus[0], trace.jobs.nodes[0]]).toEqual([94, 1410, 94]);
});

test("jobs of alibaba's PAI simulator count every instance", () => {
  const { trace, format, rejected } = jobs(
    [
      "job_id,num_inst,submit_time,num_cpu,num_gpu,gpu_type,duration,user",
      "64740,2,10.0,6.0,0.5,MISC,2.0,4cd4d3c8e46d",
      "79634,,60.0,8,1.0,T4,3.0,537e71a34d6d",
      "1,1,70.0,8,,CPU,5.0,537e71a34d6d",
      "2,0,80.0,8,1,T4,5.0,537e71a34d6d",
    ].join("\n"),
  );
  expect(format).toBe("Alibaba PAI simulator's pai_job CSV");
  expect([...trace.jobs.gpus]).toEqual([1, 1, 0]);
  expect([...trace.jobs.nodes]).toEqual([2, 1, 1]);
  expect([...trace.jobs.cpus]).toEqual([12, 8, 8]);
  expect([...trace.jobs.gpuType]).toEqual([-1, 0, -1]);
  expect(trace.users).toHaveLength(2);
  expect(rejected.causes[0]?.cause).toBe("num_inst is not a whole number from 1");
});

test("node lists of both kinds are grouped", () => {
  const counted = parseTrace("gpu_type,gpus,cpus,mem_gib,count\n,0,32,64.0,10\nA10,1,128,1024.0,2\n", { name: "t" });
  const listed = parseTrace(
    "sn,cpu_milli,memory_mib,gpu,model\nn0,128000,1048576,1,A10\nn1,128000,1048576,1,A10\nn2,32000,65536,0,\n",
    { name: "t" },
  );
  const a10 = { gpuType: "A10", gpus: 1, cpus: 128, memoryGib: 1024, count: 2 };
  expect(counted).toMatchObject({ kind: "nodes", nodes: [{ gpuType: "", count: 10 }, a10] });
  expect(listed).toMatchObject({ kind: "nodes", nodes: [a10, { gpuType: "", cpus: 32, memoryGib: 64, count: 1 }] });
});

test("requests become rates by service", () => {
  const rows = ["0.5,a,1,1", "9.9,a,1,1", "10,b,1,1", "29.5,a,1,1", "35,a,1,1"];
  const { trace, notes } = rates(["arrival_s,service,input_tokens,output_tokens", ...rows].join("\n"), {
    stepSeconds: 10,
  });
  expect(trace.series.map(({ name, perSecond }) => [name, ...perSecond])).toEqual([
    ["a", 0.2, 0, 0.1],
    ["b", 0, 0.1, 0],
  ]);
  expect(notes).toEqual(["the last bin is not over by the last request: its 1 requests are left out"]);
});

test("azure's timestamps are read, with or without zone", () => {
  const plain =
    "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n2023-11-16 18:16:46.7,1,1\n";
  const zoned = plain.replaceAll("2023-11-16 18:1", "2023-11-16 20:1").replaceAll(/00,374|7,1/g, "0+02:00,1");
  for (const text of [plain, zoned]) {
    const { trace } = rates(text, { name: "AzureLLMInferenceTrace_conv.csv" });
    expect(new Date(trace.startMs).toISOString()).toBe("2023-11-16T18:15:46.000Z");
    expect(trace.series).toEqual([{ name: "AzureLLMInferenceTrace_conv", perSecond: new Float64Array([1 / 60]) }]);
  }
});

test("images of requests do not change the format", () => {
  const text =
    "TIMESTAMP,NumImages,ContextTokens,GeneratedTokens\n2024-10-15 00:00:00,1,2,3\n2024-10-15 00:01:00,1,2,3\n";
  expect(rates(text).trace.series[0]?.perSecond[0]).toBe(1 / 60);
});

test("bins without rate and clients are missing", () => {
  const head = "t_s,model,rps,clients,cv,input_tokens,output_tokens,token_cover";
  const { trace } = rates([head, "600,m,2,1,,,,", "0,m,1,1,,,,", "1200,m,0.0,0,,,,", "1800,m,0,3,,,,"].join("\n"));
  expect([trace.stepSeconds, ...(trace.series[0]?.perSecond ?? [])]).toEqual([600, 1, 2, Number.NaN, 0]);
});

test("clients without rows are at rest, models are missing", () => {
  const rows = ["0,m,0,1,1", "1200,m,0,2,1", "1200,m,1,3,1", "1200,n,0,5,1"];
  const { trace } = rates(["t_s,model,client,rps,cv", ...rows, "600,n,0,1,1"].join("\n"));
  expect(trace.series.map(({ name, perSecond }) => [name, ...perSecond])).toEqual([
    ["m/0", 1, Number.NaN, 2],
    ["m/1", 0, Number.NaN, 3],
    ["n/0", Number.NaN, 1, 5],
  ]);
});

test("a second row for one bin is refused", () => {
  const { rejected } = rates("t_s,model,client,rps,cv\n0,m,0,1,1\n600,m,0,1,1\n600,m,0,2,1\n");
  expect(rejected.causes).toEqual([{ cause: "is a second row for the same time", count: 1, firstLine: 4 }]);
});

test.each([
  ["0001-01-01 00:00:00", "an unset time"],
  ["1969-12-31 23:59:59", "before 1970"],
  ["9999-12-31 23:59:59", "a time without end"],
  ["2020-06-09 18:75:01", "a minute that no hour has"],
  ["2020-02-31 18:41:01", "a day that no month has"],
])("a submission at %s is no time: %s", (at) => {
  const { rejected, trace } = jobs(
    [
      "user,gpu_num,cpu_num,node_num,state,submit_time,start_time,end_time",
      `u,1,1,1,COMPLETED,${at},2020-06-09 18:41:01,2020-06-10 04:55:09`,
      "u,1,1,1,COMPLETED,2020-06-09 18:41:01,2020-06-09 18:41:01,2020-06-10 04:55:09",
    ].join("\n"),
  );
  expect(rejected.causes).toEqual([{ cause: "submit_time is not a time", count: 1, firstLine: 2 }]);
  expect(trace.spanSeconds).toBeLessThan(3 * 86_400);
});
