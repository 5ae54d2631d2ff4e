import { protocolName } from '../../../core/policy/ip-protocol.ts';
import type { Names } from '../../address/filter/language.ts';
import { Bytes, Count, Time } from '../../parts/figures.tsx';
import type { Column } from '../../parts/table/virtual-table.tsx';
import type { FileColumn } from '../../parts/table-file.ts';
import type { FlowRow } from './operations.ts';
import { nameOf } from './use-names.ts';

/** Columns of a table of logged flows. */
export function flowColumns(names: Names | undefined): Column<FlowRow>[] {
  return [
    { id: 'at', head: 'Reported', width: '88px', cell: ({ sent_at }) => <Time at={sent_at} /> },
    {
      id: 'src',
      head: 'From',
      width: 'minmax(160px, 5fr)',
      cell: ({ src, src_port }) => <End address={src} port={src_port} />,
    },
    {
      id: 'dst',
      head: 'To',
      width: 'minmax(160px, 5fr)',
      cell: ({ dst, dst_port }) => <End address={dst} port={dst_port} />,
    },
    {
      id: 'application',
      head: 'Application',
      width: 'minmax(128px, 4fr)',
      cell: ({ application, protocol }) =>
        application !== null &&
        protocol !== null && (
          <>
            {application} <span className="muted">{protocolName(protocol)}</span>
          </>
        ),
    },
    {
      id: 'site',
      head: 'Site',
      width: 'minmax(96px, 3fr)',
      cell: ({ site_id }) => <Name of={nameOf(names, 'site', site_id)} />,
    },
    {
      id: 'policy',
      head: 'Policy',
      width: 'minmax(96px, 3fr)',
      cell: ({ policy_id }) => <Name of={nameOf(names, 'policy', policy_id)} />,
    },
    {
      id: 'packets',
      head: 'Packets',
      width: '88px',
      end: true,
      cell: ({ packets_exact }) => <Count exact={packets_exact} of="packets" />,
    },
    {
      id: 'bytes',
      head: 'Bytes',
      width: '88px',
      end: true,
      cell: ({ bytes_exact }) => <Bytes exact={bytes_exact} />,
    },
  ];
}

function Name({ of }: { of: string }) {
  return <bdi title={of}>{of}</bdi>;
}

function End({ address, port }: { address: string | null; port: number | null }) {
  if (address === null) {
    return (
      <span className="muted" title="Sum of the flows that the report does not list">
        unlisted
      </span>
    );
  }
  return (
    <span title={`${address}, port ${port}`}>
      {address} <span className="muted">{port}</span>
    </span>
  );
}

/** Columns of a file of flows, the same as those of exports. */
export const FLOW_FILE_COLUMNS: readonly FileColumn<FlowRow>[] = [
  { name: 'sent_at_utc', value: ({ sent_at }) => sent_at },
  { name: 'arrived_at_utc', value: ({ arrived_at }) => arrived_at },
  { name: 'interval_seconds', value: ({ interval_s }) => interval_s },
  { name: 'edge_id', value: ({ edge_id }) => edge_id },
  { name: 'site_id', value: ({ site_id }) => site_id },
  { name: 'endpoint_id', value: ({ endpoint_id }) => endpoint_id },
  { name: 'policy_id', value: ({ policy_id }) => policy_id },
  { name: 'source_address', value: ({ src }) => src },
  { name: 'source_port', value: ({ src_port }) => src_port },
  { name: 'destination_address', value: ({ dst }) => dst },
  { name: 'destination_port', value: ({ dst_port }) => dst_port },
  { name: 'ip_protocol', value: ({ protocol }) => protocol },
  { name: 'application', value: ({ application }) => application },
  { name: 'packets', value: ({ packets_exact }) => BigInt(packets_exact) },
  { name: 'bytes', value: ({ bytes_exact }) => BigInt(bytes_exact) },
  { name: 'first_packet_utc', value: ({ first }) => first },
  { name: 'last_packet_utc', value: ({ last }) => last },
];
