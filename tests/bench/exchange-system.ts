/** An institution's system that answers as many bytes as the last part of the path says; prints its port. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const piece = Buffer.alloc(64 * 1024, "y");
const server = createServer((req, res) => {
  req.resume();
  req.once("end", () => {
    let left = Number(req.url!.slice(req.url!.lastIndexOf("/") + 1)) || 0;
    res.writeHead(200, { "content-type": "application/octet-stream", "content-length": left });
    const go = (): void => {
      while (left > piece.length) {
        left -= piece.length;
        if (!res.write(piece)) return void res.once("drain", go);
      }
      res.end(piece.subarray(0, left));
    };
    go();
  });
});
server.keepAliveTimeout = 60_000;
// a body of 10 GiB may take longer than Node's usual five minutes
server.requestTimeout = 0;
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })));
