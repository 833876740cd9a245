// A small HTTPS server on 127.0.0.1 for the tests of fetching. Usage:
// node server.mjs KEY CERT PORTFILE LOG [FOLDER]. Ends by itself after ten minutes. Below /root/ are the
// files of FOLDER, below /half/ the first half of each, below /gzip/ compressed ones nobody asked for.
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { join, normalize } from "node:path";
import { gzipSync } from "node:zlib";

const [key, cert, portFile, log, folder] = process.argv.slice(2);
setTimeout(() => process.exit(0), 600_000);

const list = (n) => `<?xml version="1.0"?><TrustServiceStatusList>${n}</TrustServiceStatusList>`;
let edition = 1;

function endless(res) {
    // No Content-Length: the reply is chunked.
    const piece = Buffer.alloc(16384, 0x3c);
    const more = () => {
        if (res.destroyed) return;
        if (res.write(piece)) setImmediate(more);
        else res.once("drain", more);
    };
    more();
}

const answers = {
    "/list": (req, res) => {
        const tag = `"edition-${edition}"`;
        res.setHeader("ETag", tag);
        if (req.headers["if-none-match"] === tag) res.writeHead(304).end();
        else res.end(list(edition));
    },
    "/untagged": (req, res) => res.end(list("always the same")),
    "/next": (req, res) => { edition++; res.end(list("next")); },
    "/stray-304": (req, res) => res.writeHead(304).end(),
    "/missing": (req, res) => res.writeHead(404).end("<error/>"),
    "/error-page": (req, res) => res.end("<!DOCTYPE html><html>Sorry</html>"),
    "/empty": (req, res) => res.end(),
    "/to-http": (req, res) => res.writeHead(302, { Location: `http://localhost:${port}/list` }).end(),
    "/to-file": (req, res) => res.writeHead(302, { Location: "file:///etc/passwd" }).end(),
    "/moved": (req, res) => res.writeHead(301, { ETag: '"of-the-redirect"', Location: "/untagged" }).end(),
    "/circle": (req, res) => res.writeHead(302, { Location: "/circle" }).end(),
    "/to-link-local": (req, res) => res.writeHead(302, { Location: "https://169.254.169.254/" }).end(),
    "/endless": (req, res) => endless(res),
    "/declared": (req, res) => res.writeHead(200, { "Content-Length": "500000" }).end(Buffer.alloc(500000, 0x3c)),
    "/cut": (req, res) => {
        res.writeHead(200, { "Content-Length": "100000" });
        res.write(list("half"));
        setTimeout(() => res.destroy(), 100);
    },
    "/slow": (req, res) => {
        res.writeHead(200, { "Content-Length": "100000" });
        res.write("<?xml");
        const drip = setInterval(() => res.write("<"), 200);
        res.on("close", () => clearInterval(drip));
    },
    "/status/1": (req, res) => {
        if (req.headers.accept === "application/statuslist+jwt") res.end("eyJhbGciOiJFUzI1NiJ9.e30.AA");
        else if (req.headers.accept === "application/statuslist+cwt") res.end(Buffer.from("d28443a10126a0", "hex"));
        else res.writeHead(406).end();
    },
    "/status/tarpit": (req, res) => res.end(JSON.stringify({
        status_lists: Array(6).fill(`https://localhost:${port}/slow`),
    })),
    "/status/all": (req, res) => res.end(JSON.stringify({
        status_lists: [`https://localhost:${port}/status/1`, `https://localhost:${port}/missing`,
            "http://localhost/plain", 7],
    })),
};

function file(way, name, req, res) {
    const path = join(folder, normalize(`/${name}`));
    if (way === "bomb") return compressed(res, Buffer.alloc(50_000_000));
    if (!existsSync(path)) return answers["/missing"](req, res);
    const bytes = readFileSync(path);
    const tag = `"${createHash("sha256").update(bytes).digest("hex")}"`;
    if (way === "half") return res.end(bytes.subarray(0, bytes.length / 2));
    if (way === "gzip") return compressed(res, bytes);
    res.setHeader("ETag", tag);
    if (req.headers["if-none-match"] === tag) res.writeHead(304).end();
    else res.end(bytes);
}

function compressed(res, bytes) {
    res.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync(bytes));
}

const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (req, res) => {
    const tag = req.headers["if-none-match"] ?? "-";
    appendFileSync(log, `${req.method} ${req.url} ${req.headers.accept} ${tag}\n`);
    const [, way, name] = /^\/(root|half|gzip|bomb)\/(.*)$/.exec(folder ? req.url : "") ?? [];
    if (way) file(way, name, req, res);
    else (answers[req.url] ?? answers["/missing"])(req, res);
});
let port = 0;
server.on("tlsClientError", () => appendFileSync(log, "a handshake failed\n"));
server.on("connection", () => appendFileSync(log, "a connection\n"));
server.listen(0, "127.0.0.1", () => {
    port = server.address().port;
    writeFileSync(`${portFile}.part`, String(port));
    renameSync(`${portFile}.part`, portFile);
});
