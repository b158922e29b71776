import { onCluster, testCases } from "./cluster.ts";

await onCluster("kubectl with objects", (cluster) =>
  testCases(cluster, [
    { title: "version names the server's", run: "kubectl version", says: ["Server Version: v1.35"] },
    { title: "create namespace makes one", run: "kubectl create namespace team", says: ["namespace/team created"] },
    {
      title: "create configmap takes literals",
      run: "kubectl create configmap made --from-literal=a=1 && kubectl get cm made -o jsonpath='{.data.a}'",
      says: ["configmap/made created", /^1$/m],
    },
    {
      title: "create secret encodes its values",
      run: "kubectl create secret generic made --from-literal=a=1 && kubectl get secret made -o yaml",
      says: ["secret/made created", "a: MQ==", "type: Opaque"],
    },
    { title: "apply creates an object", run: "kubectl apply -f settings.yml", says: ["configmap/settings created"] },
    {
      title: "apply again changes nothing",
      run: "kubectl apply -f settings.yml",
      says: ["configmap/settings unchanged"],
    },
    {
      title: "diff shows what would change",
      run: "kubectl diff -f settings-changed.yml",
      code: 1,
      says: ['-  a: "1"', '+  a: "2"'],
    },
    { title: "diff of nothing is silent", run: "kubectl diff -f settings.yml", says: [/^$/] },
    {
      title: "apply configures what changed",
      run: "kubectl apply -f settings-changed.yml",
      says: ["settings configured"],
    },
    {
      title: "server-side apply owns its fields",
      run: "kubectl apply --server-side --field-manager=one -f owned.yml && kubectl get cm owned -o yaml --show-managed-fields",
      says: ["configmap/owned serverside-applied", "manager: one", "operation: Apply"],
    },
    {
      title: "server-side apply names the conflict",
      run: "kubectl apply --server-side --field-manager=two -f owned-changed.yml",
      code: 1,
      says: ['Apply failed with 1 conflict: conflict with "one": .data.a', "--force-conflicts"],
    },
    {
      title: "forced apply takes the field over",
      run: "kubectl apply --server-side --field-manager=two --force-conflicts -f owned-changed.yml",
      says: ["serverside-applied"],
    },
    {
      title: "apply conflicts with an update's manager",
      run: `kubectl patch cm owned --type=merge -p '{"data":{"a":"3"}}' && kubectl apply --server-side --field-manager=two -f owned-changed.yml`,
      code: 1,
      says: ['conflict with "kubectl-patch" using v1: .data.a'],
    },
    {
      title: "merge patch changes one key",
      run: `kubectl patch cm settings --type=merge -p '{"data":{"b":"x"}}' && kubectl get cm settings -o jsonpath='{.data}'`,
      says: ["configmap/settings patched", '{"a":"2","b":"x"}'],
    },
    {
      title: "JSON patch tests before it writes",
      run: `kubectl patch cm settings --type=json -p '[{"op":"test","path":"/data/a","value":"9"},{"op":"remove","path":"/data/b"}]'`,
      code: 1,
      says: [/the server rejected our request due to an error in our request|testing.*failed/i],
    },
    {
      title: "JSON patch removes a key",
      run: `kubectl patch cm settings --type=json -p '[{"op":"remove","path":"/data/b"}]' && kubectl get cm settings -o jsonpath='{.data}'`,
      says: ['{"a":"2"}'],
    },
    {
      title: "label refuses to overwrite unasked",
      run: "kubectl label cm settings tier=one && kubectl label cm settings tier=two",
      code: 1,
      says: ["configmap/settings labeled", "'tier' already has a value (one), and --overwrite is false"],
    },
    {
      title: "label selects and is removed",
      run: "kubectl get cm -l tier=one -o name && kubectl label cm settings tier-",
      says: ["configmap/settings", "configmap/settings unlabeled"],
    },
    {
      title: "annotate writes an annotation",
      run: "kubectl annotate cm settings note=kept && kubectl get cm settings -o jsonpath='{.metadata.annotations.note}'",
      says: ["configmap/settings annotated", "kept"],
    },
    { title: "replace writes the whole object", run: "kubectl replace -f settings.yml", says: ["settings replaced"] },
    {
      title: "edit saves what the editor wrote",
      run: `EDITOR="sh editor.sh" kubectl edit cm made && kubectl get cm made -o jsonpath='{.data.a}'`,
      says: ["configmap/made edited", /^7$/m],
    },
    {
      title: "get tells what is not there",
      run: "kubectl get cm nowhere",
      code: 1,
      says: ['configmaps "nowhere" not found'],
    },
    {
      title: "get selects by a field",
      run: "kubectl get cm --field-selector metadata.name=settings -o custom-columns=N:.metadata.name --no-headers",
      says: [/^settings$/m],
      hides: ["made"],
    },
    {
      title: "get watches what comes",
      run: "timeout 3 kubectl get cm -w --output-watch-events & sleep 1; kubectl create cm watched >/dev/null; kubectl delete cm watched >/dev/null; wait",
      says: [/EVENT\s+NAME\s+DATA\s+AGE/, /ADDED\s+watched\s+0/, /DELETED\s+watched/],
    },
    {
      title: "a server's dry run stores nothing",
      run: "kubectl create cm dry --dry-run=server -o name; kubectl get cm dry",
      code: 1,
      says: ["configmap/dry", "not found"],
    },
    {
      title: "unknown fields are named and refused",
      run: "kubectl apply -f misspelt.yml",
      code: 1,
      says: ['unknown field "spec.contaners"'],
    },
    {
      title: "a CRD and its object come together",
      run: "kubectl apply -f widgets.yml || { sleep 1; kubectl apply -f widgets.yml; }",
      says: ["widgets.example.com created", "widget.example.com/first created"],
    },
    {
      title: "custom columns and defaults are shown",
      run: "kubectl wait --for=condition=established crd/widgets.example.com --timeout=20s && kubectl get wd",
      says: [/NAME\s+SIZE/, /first\s+3/],
    },
    {
      title: "a rule in CEL refuses an object",
      run: "kubectl apply -f bad-widget.yml",
      code: 1,
      says: ['The Widget "bad" is invalid', "least is more than size"],
    },
    {
      title: "explain describes a custom field",
      run: "kubectl explain widget.spec",
      says: ["What the widget shall be", /size\s+<integer>/],
    },
    {
      title: "explain describes a pod's field",
      run: "kubectl explain pod.spec.containers",
      says: [/image\s+<string>/],
    },
    {
      title: "explain describes a node pool",
      run: "kubectl explain nodepool.spec.disruption",
      says: ["consolidateAfter"],
    },
    {
      title: "api-resources lists kinds and short names",
      run: "kubectl api-resources",
      says: [/pods\s+po\s+v1\s+true\s+Pod/, /nodepools\s+karpenter.sh\/v1\s+false\s+NodePool/, /widgets\s+wd/],
    },
    { title: "api-versions lists groups", run: "kubectl api-versions", says: ["batch/v1", "karpenter.sh/v1"] },
    { title: "auth can-i says yes", run: "kubectl auth can-i create pods", says: [/^yes$/m] },
    { title: "auth whoami names the user", run: "kubectl auth whoami", says: ["Username"] },
    {
      title: "deleting a CRD deletes its objects",
      run: "kubectl delete crd widgets.example.com && sleep 1; kubectl get widgets",
      code: 1,
      says: ["deleted", "the server could not find the requested resource"],
    },
    {
      title: "deleting a namespace empties it",
      run: "kubectl create cm inside -n team && kubectl delete namespace team && kubectl get cm -n team",
      says: ['namespace "team" deleted', "No resources found in team namespace"],
    },
    {
      title: "services are refused, and say why",
      run: "kubectl create service clusterip web --tcp=80",
      code: 1,
      says: [/left out/],
    },
    { title: "services can be listed: none", run: "kubectl get services,ingresses -A", says: ["No resources found"] },
  ]),
);
