// Reads a file, prints a line on standard error, starts a program, asks the Claude API once: URL FILE.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:https";

const [url, name] = process.argv.slice(2);
readFileSync(name);
process.stderr.write("patient says so\n");
spawnSync("/bin/true");
const body = JSON.stringify({ model: "claude-opus-4-5", max_tokens: 64, messages: [{ role: "user", content: "a prompt" }] });
const asked = request(`${url}/v1/messages`, { method: "POST", headers: { "content-type": "application/json" } }, (answer) => answer.resume());
asked.end(body);
