import type { FlowKey } from '../../core/policy/flow-key.ts';
import { type Application, EPHEMERAL_PORTS, OFFICE_MIX } from './application-mix.ts';
import { type Random, seededRandom } from './random.ts';

/** The traffic of a flow in one tick. */
export interface FlowTick {
  flow: FlowKey;
  /** The endpoint that it uses, unless a route decides otherwise. */
  endpoint_id: string;
  /** Number of its destination site, 1 …; undefined: outside the network. */
  to_site: number | undefined;
  packets: number;
  /** Layer-3 bytes. */
  bytes: number;
  /** Times of its first and last packet within the tick: 0 … 1. */
  from: number;
  to: number;
}

export interface SiteTrafficOptions {
  seed: string;
  /** Number of the site, 1 …, which determines its addresses. */
  site: number;
  sites: number;
  /** Numbers of the sites that it sends to; default: all others. */
  peers?: readonly number[];
  endpoint_ids: readonly string[];
  /** Concurrent flows in the busiest hour. */
  flows: number;
  tick_s: number;
  /** Length of a day, seconds of traffic; default 86,400. */
  day_s?: number;
}

interface LiveFlow extends Pick<FlowTick, 'flow' | 'endpoint_id' | 'to_site'> {
  application: Application;
  bytes_left: number;
  bytes_per_s: number;
}

/** Maximum size of a flow: no office sends more at once. */
const LARGEST_FLOW_BYTES = 2e9;

/** Mean lifetime of a flow in this mix, seconds; measured. */
const MEAN_LIFETIME_S = 8;

const SIX_SHARE = 0.2;

/** Hour of the day at which a simulation begins: a working morning. */
const FIRST_HOUR = 9;

/**
 * The traffic of one site, tick by tick: the same for the same seed and tick length, independent of
 * the clock. New flows are a Poisson process that follows the time of day; their sizes have a heavy
 * tail.
 */
export function siteTraffic(options: SiteTrafficOptions): () => FlowTick[] {
  const random = seededRandom(`${options.seed}/${options.site}`);
  let live: LiveFlow[] = [];
  let tick = 0;
  return () => {
    const hour = FIRST_HOUR + (24 * tick++ * options.tick_s) / (options.day_s ?? 86_400);
    const mean =
      (options.flows / MEAN_LIFETIME_S) * options.tick_s * timeOfDay(hour) * Math.exp(0.15 * random.normal());
    for (let count = random.poisson(mean); count > 0; count--) live.push(newFlow(random, options));
    const carried = live.map(flow => carry(flow, random, options.tick_s));
    live = live.filter(({ bytes_left }) => bytes_left > 0);
    return carried;
  };
}

/**
 * Share of the busiest hour's traffic: an office that is busy from nine to five, with a dip at
 * noon.
 */
export function timeOfDay(hour: number): number {
  const h = hour % 24;
  const working = Math.exp(-((((h - 13.5) / 4.6) ** 2) ** 2));
  const lunch = 0.25 * Math.exp(-(((h - 12.5) / 0.6) ** 2));
  return 0.06 + 0.94 * Math.max(0, working - lunch);
}

function newFlow(random: Random, { site, sites, peers, endpoint_ids }: SiteTrafficOptions): LiveFlow {
  const application = random.pick(OFFICE_MIX);
  const six = random.next() < SIX_SHARE;
  const host = random.whole(10, 209);
  const peer = peers
    ? (peers[random.whole(0, peers.length - 1)] ?? 1)
    : sites < 2
      ? 1
      : ((site + random.whole(0, sites - 2)) % sites) + 1;
  const away = random.whole(1, 250);
  const { from, to } = application.source_ports ?? EPHEMERAL_PORTS;
  const between = application.between_sites && sites > 1;
  return {
    flow: {
      src: six
        ? `2001:db8:${site.toString(16)}::${host.toString(16)}`
        : `10.${site & 255}.${host & 3}.${host}`,
      dst: six
        ? `2001:db8:${between ? peer.toString(16) : 'ffff'}::${away.toString(16)}`
        : between
          ? `10.${peer & 255}.0.${away}`
          : `${random.next() < 0.5 ? '198.51.100' : '203.0.113'}.${away}`,
      protocol: application.protocol === 1 && six ? 58 : application.protocol,
      src_port: application.protocol === 1 ? 0 : random.whole(from, to),
      dst_port: application.ports[random.whole(0, application.ports.length - 1)]!,
    },
    endpoint_id: endpoint_ids[random.whole(0, endpoint_ids.length - 1)]!,
    to_site: between ? peer : undefined,
    application,
    bytes_left: Math.min(
      LARGEST_FLOW_BYTES,
      Math.round(random.pareto(application.min_bytes, application.shape)),
    ),
    bytes_per_s: application.bytes_per_s * Math.exp(0.5 * random.normal()),
  };
}

function carry(flow: LiveFlow, random: Random, tick_s: number): FlowTick {
  const { application } = flow;
  const wanted = Math.ceil(Math.min(flow.bytes_left, flow.bytes_per_s * tick_s));
  const packets = Math.max(1, Math.round(wanted / application.packet_bytes));
  const bytes = Math.min(packets * 1500, Math.max(packets * 40, wanted));
  flow.bytes_left -= bytes;
  const from = random.next() * 0.5;
  return {
    flow: flow.flow,
    endpoint_id: flow.endpoint_id,
    to_site: flow.to_site,
    packets,
    bytes,
    from,
    to: from + random.next() * 0.5,
  };
}
