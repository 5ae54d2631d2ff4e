/** Classes of applications, which are recognized by ports only. */
export const APPLICATION_CLASSES = [
  'VoIP',
  'VideoConference',
  'FileTransfer',
  'Backup',
  'Web',
  'Email',
  'Database',
  'Other',
] as const;

export type ApplicationClass = (typeof APPLICATION_CLASSES)[number];

const OTHER = APPLICATION_CLASSES.indexOf('Other');

/**
 * Single ports, registered with IANA or a product's default. There are none from 32768, where
 * clients choose theirs.
 */
const PORTS: Record<Exclude<ApplicationClass, 'Other'>, number[]> = {
  VoIP: [1720, 2427, 2727, 4569, 5060, 5061],
  VideoConference: [
    1935, 3478, 3479, 3480, 3481, 5349, 8801, 8802, 8803, 8804, 8805, 8806, 8807, 8808, 8809, 8810,
  ],
  FileTransfer: [20, 21, 22, 69, 115, 137, 138, 139, 445, 548, 989, 990, 2049],
  Backup: [
    873, 1556, 6101, 8400, 8401, 8402, 8403, 9101, 9102, 9103, 9392, 10000, 10080, 10081, 10082, 13720, 13724,
  ],
  Web: [80, 443, 3128, 8000, 8008, 8080, 8443, 8888],
  Email: [25, 109, 110, 143, 465, 587, 993, 995, 2525],
  Database: [1433, 1434, 1521, 3306, 5432, 5984, 6379, 9042, 9200, 11211, 27017, 27018, 27019],
};

/**
 * The usual range of RTP. It applies only if neither port is one of the single ports, because the
 * range also contains ephemeral ports.
 */
const RTP_PORTS = { from: 16384, to: 32767 } as const;

const UDP = 17;
const PROTOCOLS_WITH_CLASS = [6, UDP, 132] as const;

const classOfPort = new Uint8Array(65536).fill(OTHER);
for (const [name, ports] of Object.entries(PORTS)) {
  for (const port of ports) {
    classOfPort[port] = APPLICATION_CLASSES.indexOf(name as ApplicationClass);
  }
}

/**
 * The first port of every range of ports that have the same class and are either all inside or all
 * outside RTP's range.
 */
export const PORT_CLASS_STARTS: readonly number[] = Array.from({ length: 65536 }, (_, port) => port).filter(
  port =>
    port === 0 ||
    classOfPort[port] !== classOfPort[port - 1] ||
    port === RTP_PORTS.from ||
    port === RTP_PORTS.to + 1,
);

function isRtp(port: number): boolean {
  return port >= RTP_PORTS.from && port <= RTP_PORTS.to;
}

/**
 * Index into `APPLICATION_CLASSES`. The destination port is checked first, then the source port, so
 * that both directions of a conversation get the server's class. Only TCP, UDP and SCTP have
 * classes; other protocols are Other.
 */
export function applicationIndex(protocol: number, sourcePort: number, destinationPort: number): number {
  if (!(PROTOCOLS_WITH_CLASS as readonly number[]).includes(protocol)) {
    return OTHER;
  }
  const ofDestination = classOfPort[destinationPort]!;
  if (ofDestination !== OTHER) {
    return ofDestination;
  }
  const ofSource = classOfPort[sourcePort]!;
  if (ofSource !== OTHER) {
    return ofSource;
  }
  return protocol === UDP && isRtp(sourcePort) && isRtp(destinationPort) ? 0 : OTHER;
}

/** The class of a flow by its ports; see `applicationIndex`. */
export function applicationClass(
  protocol: number,
  sourcePort: number,
  destinationPort: number,
): ApplicationClass {
  return APPLICATION_CLASSES[applicationIndex(protocol, sourcePort, destinationPort)]!;
}
