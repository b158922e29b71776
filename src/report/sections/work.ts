import type { TimelineModel } from "../../timeline/model-types.ts";
import { costChart } from "../charts/cost.ts";
import { ganttChart } from "../charts/gantt.ts";
import { html, type Markup } from "../markup.ts";
import { attemptsTable, jobsTable, pendingTable, usageTable, waitsTable } from "../tables/jobs.ts";
import { costTable, nodeTimesTable, phasesTable } from "../tables/nodes.ts";
import { resourcesTable } from "../tables/resources.ts";
import { type GpuVerdict, gpuVerdicts, isRehearsal } from "../verdict.ts";
import { tableView } from "./table-view.ts";

type Section = (model: TimelineModel) => Markup | false;

/** What was done, when, and for how much. */
export const workSections: readonly Section[] = [jobs, gpuTest, schedule, phases, resources, cost, waits, usage];

function jobs(model: TimelineModel): Markup {
  return html`<section id="jobs"><h2>Jobs</h2>
${model.jobs.length === 0 ? html`<p>No job was submitted.</p>` : tableView(jobsTable(model), "Jobs with their attempts and exit codes")}
</section>`;
}

const gpuSymbols = { passed: "✓", failed: "✕", "not run": "○", unfinished: "○" } as const;

function gpuTest(model: TimelineModel): Markup | false {
  const verdicts = gpuVerdicts(model);
  return (
    verdicts.length > 0 &&
    html`<section id="gpu"><h2>GPU test</h2>
${isRehearsal(model) && html`<p class="quiet">Judged by each job's own exit code. A rehearsed node has a GPU only where this machine has one; see what was simulated.</p>`}
${verdicts.map(gpuCard)}
</section>`
  );
}

function gpuCard({ job, result, device, reason, tail }: GpuVerdict): Markup {
  const tone = result === "passed" ? "good" : "bad";
  return html`<article class="card ${tone}">
<p><strong class="${tone}"><span aria-hidden="true">${gpuSymbols[result]}</span> ${result}</strong> ${[job.name, device, reason].filter(Boolean).join(" · ")}</p>
${tail !== "" && html`<pre tabindex="0" aria-label="End of the log of ${job.name}">${tail}</pre>`}
</article>`;
}

function schedule(model: TimelineModel): Markup | false {
  const { nodes, pods } = model;
  return (
    nodes.length + pods.length > 0 &&
    html`<section id="gantt"><h2>Pods and nodes</h2>
<p class="quiet">${isRehearsal(model) && "In the cluster's time, which is the time to expect on AWS. "}Pods stand below the node they ran on.</p>
${ganttChart(model)}
<ul class="legend">
<li><i class="key starting"></i>node starts, image is pulled</li><li><i class="key ready"></i>node is there</li><li><i class="key leaving"></i>asked for, or going</li>
<li><i class="key pending"></i>pod waits for a node</li><li><i class="key running"></i>pod runs</li><li><i class="key running-failed"></i>runs and fails</li>
</ul>
<details><summary>The same as tables</summary>
${tableView(attemptsTable(model), "Pods: when each state was reached, since the start of the run", true)}
${tableView(nodeTimesTable(model), "Nodes: when each state was reached, since the start of the run", true)}
</details>
</section>`
  );
}

function phases(model: TimelineModel): Markup | false {
  return (
    model.phases.length > 0 &&
    html`<section id="phases"><h2>Phases</h2>${tableView(phasesTable(model), `Phases: how long they took${isRehearsal(model) ? ", and would take on AWS" : ""}`)}</section>`
  );
}

function resources(model: TimelineModel): Markup | false {
  return (
    model.resources.length > 0 &&
    html`<section id="resources"><h2>Slowest resources</h2>${tableView(resourcesTable(model), "Resources of Terraform: what failed, and what took longest")}</section>`
  );
}

function cost(model: TimelineModel): Markup {
  return html`<section id="cost"><h2>Cost</h2>
<p class="quiet">What had been spent by when${isRehearsal(model) && ", on the time axis of AWS"}.</p>
${costChart(model)}
${tableView(costTable(model), "Cost by node and of the environment, against on demand and always on")}
</section>`;
}

function waits(model: TimelineModel): Markup | false {
  return (
    model.jobs.length + model.waits.length > 0 &&
    html`<section id="waits"><h2>Waits explained</h2>
${model.jobs.length > 0 && tableView(pendingTable(model), "Where the time before the first start went", true)}
${model.waits.length === 0 ? html`<p>No pod was told to wait.</p>` : tableView(waitsTable(model), "Reasons that pods were given for waiting", true)}
</section>`
  );
}

function usage(model: TimelineModel): Markup | false {
  return (
    model.usage.length > 0 &&
    html`<section id="usage"><h2>Use of CPU, memory and GPU</h2>${tableView(usageTable(model), "The most each pod was seen to use")}</section>`
  );
}
