// Calls the API from node: client.mjs KIND URL ENCODING STREAM HTTP COUNT [USER_ID]; KIND is sdk, fetch or https.
import https from "node:https";
import zlib from "node:zlib";
import { createRequire } from "node:module";

const [kind, url, encoding, streamed, , count, words = ""] = process.argv.slice(2);
const stream = streamed === "stream";
const asked = { model: "claude-opus-4-5", max_tokens: 64, metadata: { user_id: words }, messages: [{ role: "user", content: "CANARY prompt" }] };
const headers = { "accept-encoding": encoding, "content-type": "application/json", "anthropic-version": "2023-06-01",
    "x-api-key": process.env.ANTHROPIC_API_KEY };
const posted = JSON.stringify({ ...asked, stream });

function unpacked(text) {
    if (!stream) {
        const message = JSON.parse(text);
        return { id: message.id, output: message.usage?.output_tokens };
    }
    const rows = text.split("\n").filter((line) => line.startsWith("data: ")).map((line) => JSON.parse(line.slice(6)));
    return { id: rows[0].message.id, output: rows.findLast((row) => row.type === "message_delta").usage.output_tokens };
}

function by_sdk() {
    const { default: Anthropic } = createRequire(process.env.NODE_FOLDER + "/")("@anthropic-ai/sdk");
    const client = new Anthropic({ baseURL: url, defaultHeaders: { "accept-encoding": encoding } });
    return async () => {
        const message = stream ? await client.messages.stream(asked).finalMessage() : await client.messages.create(asked);
        return { id: message.id, output: message.usage.output_tokens };
    };
}

const by_fetch = () => async () => unpacked(await (await fetch(url + "/v1/messages", { method: "POST", headers, body: posted })).text());

function by_https() {
    const agent = new https.Agent({ keepAlive: true });
    const unpackers = { gzip: zlib.gunzipSync, br: zlib.brotliDecompressSync };
    return () => new Promise((good, bad) => {
        const request = https.request(url + "/v1/messages", { method: "POST", headers, agent }, (answer) => {
            const parts = [];
            answer.on("data", (part) => parts.push(part)).on("error", bad).on("end", () => {
                const body = Buffer.concat(parts);
                good(unpacked((unpackers[answer.headers["content-encoding"]]?.(body) ?? body).toString()));
            });
        });
        request.on("error", bad).end(posted);
    });
}

const call = { sdk: by_sdk, fetch: by_fetch, https: by_https }[kind]();
for (let i = 0; i < Number(count); i++) {
    const begin = Date.now() / 1000;
    let row;
    try {
        row = await call();
    } catch (problem) {
        row = { error: problem.constructor.name, why: String(problem) };
    }
    console.log(JSON.stringify({ ...row, begin, end: Date.now() / 1000 }));
}
process.exit(0);
