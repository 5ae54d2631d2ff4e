import type { PolicyMatch } from '../../core/policy/policy.ts';

export interface DemoPolicy {
  name: string;
  priority: number;
  match: PolicyMatch;
  /** Its path preference; default: lowest latency. */
  prefers?: 'HIGHEST_BANDWIDTH' | 'LOWEST_PACKET_LOSS' | 'LOWEST_COST';
}

/** Typical policies of a company: calls before files, files before other traffic. */
export const DEMO_POLICIES: readonly DemoPolicy[] = [
  { name: 'Voice', priority: 900, match: { application: 'VoIP' } },
  {
    name: 'Video conferences',
    priority: 800,
    match: { application: 'VideoConference' },
    prefers: 'LOWEST_PACKET_LOSS',
  },
  {
    name: 'ERP',
    priority: 700,
    match: { protocol: 6, destination_port_from: 1433, destination_port_to: 1433 },
  },
  { name: 'Databases', priority: 600, match: { application: 'Database' } },
  {
    name: 'Remote support',
    priority: 500,
    match: { protocol: 6, destination_port_from: 22, destination_port_to: 22 },
  },
  {
    name: 'Guest internet',
    priority: 450,
    match: { destination_cidr: '203.0.113.0/24' },
    prefers: 'LOWEST_COST',
  },
  { name: 'Files', priority: 400, match: { application: 'FileTransfer' }, prefers: 'HIGHEST_BANDWIDTH' },
  { name: 'E-mail', priority: 300, match: { application: 'Email' } },
  { name: 'Web', priority: 200, match: { application: 'Web' } },
  { name: 'Backups', priority: 100, match: { application: 'Backup' }, prefers: 'LOWEST_COST' },
];
