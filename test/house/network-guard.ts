import { Socket as UdpSocket } from "node:dgram";
import { isIP, Socket as TcpSocket } from "node:net";

/** A test tried to leave the machine. */
export class OutsideConnection extends Error {
  override readonly name = "OutsideConnection";
}

/** Whether a host name or address stays on this machine. Names other than localhost are not resolved: they are outside. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (bare === "localhost" || bare.endsWith(".localhost")) return true;
  if (isIP(bare) === 4) return bare.startsWith("127.");
  return bare === "::1" || (isIP(bare) === 6 && bare.startsWith("::ffff:127."));
}

/** The host that arguments of `connect` name; `undefined` for local sockets and for the default, which is localhost. */
export function namedHost(args: readonly unknown[]): string | undefined {
  // net.connect normalises its arguments into one array before it calls the socket's own connect.
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === "object" && first !== null) {
    if ("path" in first && typeof first.path === "string") return undefined;
    return "host" in first && typeof first.host === "string" ? first.host : undefined;
  }
  return typeof second === "string" ? second : undefined;
}

const attempts: string[] = [];

/** The hosts that were refused since the last call. Code under test may swallow the error; whoever asks here still learns of it. */
export function takeRefusedHosts(): string[] {
  return attempts.splice(0);
}

function refuseOutside(host: string | undefined): void {
  if (host === undefined || isLoopback(host)) return;
  attempts.push(host);
  throw new OutsideConnection(`a test tried to reach ${host}: tests reach loopback addresses only`);
}

/** From now on every TCP, TLS or UDP connection of this process to anything but loopback throws. */
export function guardNetwork(): void {
  const connectTcp = TcpSocket.prototype.connect;
  TcpSocket.prototype.connect = function guarded(this: TcpSocket, ...args: unknown[]) {
    refuseOutside(namedHost(args));
    return Reflect.apply(connectTcp, this, args);
  };
  const { connect, send } = UdpSocket.prototype;
  UdpSocket.prototype.connect = function guarded(this: UdpSocket, ...args: unknown[]) {
    refuseOutside(namedAddress(args));
    return Reflect.apply(connect, this, args);
  };
  UdpSocket.prototype.send = function guarded(this: UdpSocket, ...args: unknown[]) {
    refuseOutside(namedAddress(args));
    return Reflect.apply(send, this, args);
  };
}

/** The address of a datagram follows its port; what comes first may be a message that is a string too. */
function namedAddress(args: readonly unknown[]): string | undefined {
  return args.slice(1).find((arg) => typeof arg === "string");
}
