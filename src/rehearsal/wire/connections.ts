import type { Server } from "node:https";
import type { Socket } from "node:net";

export interface Connections {
  /** Its client has shown the token: this connection is not closed for others. */
  know(socket: Pick<Socket, "remotePort">): void;
  closeAll(): void;
}

/**
 * Keeps a server's connections to as many as there may be at once. Each one too many closes the oldest whose client
 * has not shown the token, so that nobody without it locks out those who have it. `onCrowded` is told of each.
 */
export function boundConnections(server: Server, most: number, onCrowded: () => void): Connections {
  // by port: what a request comes on is not the socket that was accepted, but the TLS on top of it
  const all = new Map<number | undefined, Socket>();
  const strangers = new Map<number | undefined, Socket>();
  server.on("connection", (socket: Socket) => {
    const port = socket.remotePort;
    all.set(port, socket);
    strangers.set(port, socket);
    const forget = () => {
      if (all.get(port) !== socket) return;
      all.delete(port);
      strangers.delete(port);
    };
    socket.once("close", forget);
    if (all.size <= most) return;
    onCrowded();
    const [[oldest, stranger] = [port, socket]] = strangers;
    all.delete(oldest);
    strangers.delete(oldest);
    stranger.destroy();
  });
  return {
    know: ({ remotePort }) => strangers.delete(remotePort),
    closeAll() {
      for (const socket of all.values()) socket.destroy();
    },
  };
}
