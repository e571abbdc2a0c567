// A conversation with the service by a client that is not ours: grpc-js, made from the contract alone.
// node conversation.js ADDRESS PROTOS GOOGLEAPIS < what.json   prints what was answered as JSON.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const arrow = require("apache-arrow");
const grpc = require("@grpc/grpc-js");
const health = require("grpc-health-check");
const loader = require("@grpc/proto-loader");
const protobuf = require("protobufjs");

const [address, protos, googleapis] = process.argv.slice(2);
const what = JSON.parse(fs.readFileSync(0, "utf8"));

const contract = grpc.loadPackageDefinition(
  loader.loadSync(
    ["evaluation", "decision", "ruleset"].map((name) => `chuan/v1/${name}_service.proto`),
    { includeDirs: [protos, googleapis], keepCase: true, longs: String, enums: String, oneofs: true },
  ),
).chuan.v1;
const statusHealth = grpc.loadPackageDefinition(loader.loadSync(health.protoPath)).grpc.health.v1;

const credentials = grpc.credentials.createInsecure();
const evaluation = new contract.EvaluationService(address, credentials);
const decisions = new contract.DecisionService(address, credentials);
const rulesets = new contract.RulesetService(address, credentials);
const standing = new statusHealth.Health(address, credentials);

// google.rpc.Status and its details, which grpc-js leaves as bytes in the trailers.
const rpc = new protobuf.Root();
rpc.resolvePath = (_, target) =>
  [googleapis, protos].map((root) => path.join(root, target)).find((file) => fs.existsSync(file)) ?? target;
rpc.loadSync(["google/rpc/status.proto", "google/rpc/error_details.proto"]);

function details(packed) {
  return packed.map(({ type_url, typeUrl, value }) => {
    const name = (type_url ?? typeUrl).split("/").pop();
    const type = rpc.lookupType(name);
    return { type: name, ...type.toObject(type.decode(value), { defaults: true }) };
  });
}

function failure(error) {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (!bytes) return { code: grpc.status[error.code] };
  const status = rpc.lookupType("google.rpc.Status").decode(bytes);
  return { code: grpc.status[error.code], message: status.message, details: details(status.details) };
}

function unary(client, method, request) {
  const deadline = new Date(Date.now() + 20_000);
  return new Promise((resolve) =>
    client[method](request, new grpc.Metadata(), { deadline }, (error, answer) =>
      resolve(error ? failure(error) : answer),
    ),
  );
}

// One chunk after another, each sent when the answer before it has come; `begin` opens the stream.
function stream(method, begin, chunks) {
  return new Promise((resolve) => {
    const call = evaluation[method]({ deadline: new Date(Date.now() + 20_000) });
    const answers = [];
    const waiting = [...chunks];
    call.on("data", (answer) => {
      answers.push(answer);
      if (waiting.length) call.write({ chunk: waiting.shift() });
      else call.end();
    });
    call.on("error", (error) => resolve({ answers, error: failure(error) }));
    call.on("end", () => resolve({ answers }));
    call.write({ start: begin });
  });
}

function table(people) {
  const column = (name, type) => arrow.vectorFromArray(people.map((each) => each[name] ?? null), type);
  return new arrow.Table({
    person: column("person", new arrow.Utf8()),
    months: column("months", new arrow.Int32()),
    remark: column("remark", new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32())),
  });
}

async function main() {
  const said = {};
  said.health = await unary(standing, "check", { service: "chuan.v1.EvaluationService" });
  said.rulesets = await unary(rulesets, "ListRulesets", {});
  said.evaluated = await unary(evaluation, "Evaluate", what.good);
  said.wrong = await unary(evaluation, "Evaluate", what.wrong);
  said.unknown = await unary(evaluation, "Evaluate", what.unknown);
  said.batch = await unary(evaluation, "EvaluateBatch", { requests: [what.good, what.wrong] });
  for (const result of said.batch.results)
    if (result.error) result.error.details = details(result.error.details);
  said.decision = await unary(decisions, "GetDecision", { decision_id: said.evaluated.decision_id });
  said.decision.decision.canonical_verdict = said.decision.decision.canonical_verdict.toString("utf8");
  said.replayed = await unary(decisions, "ReplayDecision", { decision_id: said.evaluated.decision_id });
  said.missing = await unary(decisions, "GetDecision", { decision_id: "none" });

  const chunk = { requests: [what.good, what.wrong, what.good] };
  const whole = await stream("EvaluateStream", {}, [chunk, chunk]);
  said.streamed = whole.answers;
  const token = whole.answers[1].resume_token;
  said.resumed = (await stream("EvaluateStream", { resume_token: token }, [chunk])).answers;
  said.refused = await stream("EvaluateStream", { resume_token: "x" }, []);

  const rows = Buffer.from(arrow.tableToIPC(table(what.people), "stream"));
  const scored = await stream("EvaluateTable", what.table, [{ rows }, { rows: rows.subarray(0, 100) }]);
  said.scored = [...arrow.tableFromIPC(scored.answers[1].chunk.rows)].map((row) => ({
    person: row.person,
    status: row.status,
    outcome: row.outcome,
    missing: [...row.missing],
  }));
  said.cut = scored.error;
  for (const client of [evaluation, decisions, rulesets, standing]) client.close();
  return said;
}

main().then(
  (said) => process.stdout.write(JSON.stringify(said)),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  },
);
