import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

/** A door on loopback whose address stays while what is behind it comes and goes. */
export interface TcpGate {
  port: number;
  /** Port that connections are led to; undefined while nobody is there. */
  target: number | undefined;
  /** Connections so far. */
  readonly comers: number;
  stop: () => Promise<void>;
}

export async function startTcpGate(target: number): Promise<TcpGate> {
  const sockets = new Set<Socket>();
  let comers = 0;
  const server = createServer((outer) => {
    comers += 1;
    sockets.add(outer);
    outer.on('error', () => outer.destroy());
    outer.on('close', () => sockets.delete(outer));
    if (gate.target === undefined) return void outer.destroy();
    const inner = connect(gate.target, '127.0.0.1');
    inner.on('error', () => outer.destroy());
    inner.on('close', () => outer.destroy());
    outer.on('close', () => inner.destroy());
    inner.pipe(outer).pipe(inner);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const gate: TcpGate = {
    port: (server.address() as AddressInfo).port,
    target,
    get comers() {
      return comers;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return gate;
}
