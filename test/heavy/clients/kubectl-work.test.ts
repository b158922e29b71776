import { onCluster, testCases } from "./cluster.ts";

const node = "$(kubectl get pods -l app=web -o jsonpath='{.items[0].spec.nodeName}')";

await onCluster("kubectl with work", (cluster) =>
  testCases(cluster, [
    {
      title: "run starts a pod on a node",
      run: "kubectl run hello --image=busybox --restart=Never -- sh -c 'echo hello; sleep 600' && kubectl wait --for=condition=Ready pod/hello --timeout=30s",
      says: ["pod/hello created", "pod/hello condition met"],
    },
    {
      title: "get wide shows the pod's node",
      run: "kubectl get pod hello -o wide",
      says: [/NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\s+IP\s+NODE/, /hello\s+1\/1\s+Running\s+0\s+\S+\s+\S+\s+ip-10-/],
    },
    { title: "logs prints what it wrote", run: "kubectl logs hello", says: [/^hello$/m] },
    {
      title: "describe pod tells its life",
      run: "kubectl describe pod hello",
      says: [/Status:\s+Running/, "PodScheduled", /Normal\s+Scheduled/, /Normal\s+Started/],
    },
    {
      title: "describe node says what is rehearsed",
      run: "kubectl describe node $(kubectl get pod hello -o jsonpath='{.spec.nodeName}')",
      says: [/simulated|rehears/i, "node.kubernetes.io/instance-type", /Allocated resources/],
    },
    {
      title: "exec keeps the exit code",
      run: "kubectl exec hello -- sh -c 'echo in; exit 3'",
      code: 3,
      says: [/^in$/m],
    },
    { title: "exec passes standard input", run: "echo typed | kubectl exec -i hello -- cat", says: [/^typed$/m] },
    {
      title: "cp brings a file out",
      run: "kubectl exec hello -- sh -c 'echo kept > file' && kubectl cp hello:file $DATA/copied && cat $DATA/copied",
      says: [/^kept$/m],
    },
    {
      title: "wait looks at a JSON path",
      run: "kubectl wait --for=jsonpath='{.status.phase}'=Running pod/hello --timeout=20s",
      says: ["condition met"],
    },
    {
      title: "wait gives up in time",
      run: "kubectl wait --for=condition=Nope pod/hello --timeout=1s",
      code: 1,
      says: ["timed out waiting for the condition"],
    },
    {
      title: "port-forward is refused, and says why",
      run: "timeout 20 kubectl port-forward pod/hello 18080:80",
      code: 1,
      says: [/left out/],
    },
    {
      title: "a deleted pod is awaited",
      run: "kubectl delete pod hello --grace-period=1 --wait=false && kubectl wait --for=delete pod/hello --timeout=30s && kubectl get pods",
      says: ['pod "hello" deleted', "No resources found"],
    },
    {
      title: "create job runs, logs follow it",
      run: "kubectl create job count --image=busybox -- sh -c 'for i in 1 2 3; do echo line $i; sleep 0.3; done' && kubectl wait --for=condition=Ready pod -l job-name=count --timeout=30s; kubectl logs -f job/count",
      says: ["job.batch/count created", "line 1", "line 3"],
    },
    {
      title: "wait sees the job complete",
      run: "kubectl wait --for=condition=complete job/count --timeout=30s && kubectl get job count",
      says: ["condition met", /count\s+Complete\s+1\/1/],
    },
    {
      title: "describe job counts its pods",
      run: "kubectl describe job count",
      says: [/Pods Statuses:\s+0 Active.*1 Succeeded/, "SuccessfulCreate", "Completed"],
    },
    {
      title: "orphaning leaves the job's pod",
      run: "kubectl delete job count --cascade=orphan && sleep 1 && kubectl get pods -l job-name=count -o name && kubectl delete pods -l job-name=count",
      says: ['job.batch "count" deleted', "pod/count-"],
    },
    {
      title: "a deployment rolls out",
      run: "kubectl apply -f web.yml && kubectl rollout status deployment/web --timeout=30s",
      says: ["deployment.apps/web created", "successfully rolled out"],
    },
    {
      title: "get shows deployment and replica set",
      run: "kubectl get deployments,replicasets -o wide",
      says: [/deployment.apps\/web\s+2\/2\s+2\s+2/, /replicaset.apps\/web-\S+\s+2\s+2\s+2/],
    },
    {
      title: "scale changes the replicas",
      run: "kubectl scale deployment/web --replicas=3 && kubectl rollout status deployment/web --timeout=30s && kubectl get deployment web",
      says: ["deployment.apps/web scaled", /web\s+3\/3/],
    },
    {
      title: "strategic patch merges by name",
      run: `kubectl patch deployment web -p '{"spec":{"template":{"spec":{"containers":[{"name":"main","env":[{"name":"A","value":"1"}]}]}}}}' && kubectl get deployment web -o jsonpath='{.spec.template.spec.containers[*].image}'`,
      says: ["deployment.apps/web patched", "busybox:1"],
    },
    {
      title: "set image rolls to the next",
      run: "kubectl set image deployment/web main=busybox:2 && kubectl rollout status deployment/web --timeout=30s && kubectl get pods -l app=web -o jsonpath='{.items[*].spec.containers[0].image}'",
      says: ["image updated", "busybox:2"],
    },
    {
      title: "rollout history lists revisions",
      run: "kubectl rollout history deployment/web",
      says: ["REVISION", /^3\s/m],
    },
    {
      title: "rollout undo goes back",
      run: "kubectl rollout undo deployment/web && kubectl rollout status deployment/web --timeout=30s && kubectl get deployment web -o jsonpath='{.spec.template.spec.containers[0].image}'",
      says: ["rolled back", "busybox:1"],
    },
    {
      title: "cordon closes a node",
      run: `kubectl apply -f web-budget.yml && kubectl cordon ${node} && kubectl get nodes`,
      says: ["cordoned", "SchedulingDisabled"],
    },
    {
      title: "get shows what the budget allows",
      run: "sleep 1; kubectl get pdb web",
      says: [/web\s+N\/A\s+1\s+1/],
    },
    {
      title: "drain evicts within the budget",
      run: `n=${node}; kubectl drain $n --ignore-daemonsets --delete-emptydir-data --timeout=170s && kubectl get pods --field-selector spec.nodeName=$n`,
      timeoutMs: 180_000,
      says: [/evicting pod default\/web-/, "drained", "No resources found"],
    },
    {
      title: "the drained pods run elsewhere",
      run: "kubectl rollout status deployment/web --timeout=120s && kubectl uncordon -l karpenter.sh/nodepool",
      timeoutMs: 130_000,
      says: ["successfully rolled out"],
    },
    {
      title: "taint marks a node and unmarks it",
      run: "kubectl taint nodes -l karpenter.sh/nodepool a=b:NoSchedule && kubectl taint nodes -l karpenter.sh/nodepool a-",
      says: ["tainted", "untainted"],
    },
    {
      title: "foreground deletion waits for dependents",
      run: "kubectl delete deployment web --cascade=foreground && kubectl get replicasets,pods -l app=web",
      says: ['deployment.apps "web" deleted', "No resources found"],
    },
    {
      title: "create deployment and delete in background",
      run: "kubectl create deployment idle --image=busybox --replicas=1 -- sleep 600 && kubectl rollout status deployment/idle --timeout=30s && kubectl delete deployment idle && kubectl wait --for=delete pod -l app=idle --timeout=30s; kubectl get pods",
      says: ["successfully rolled out", 'deployment.apps "idle" deleted', "No resources found"],
    },
    { title: "events tell what happened", run: "kubectl events --types=Normal", says: ["ScalingReplicaSet"] },
  ]),
);
