import { connect } from "node:net";

/** Whether somebody listens there. */
export function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (listening: boolean) => () => {
      socket.destroy();
      resolve(listening);
    };
    socket.once("connect", answer(true));
    socket.once("error", answer(false));
  });
}
