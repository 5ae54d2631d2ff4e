import type { PolicyMatch } from '../../core/policy/policy.ts';

export interface DemoPolicy {
  name: string;
  priority: number;
  match: PolicyMatch;
}

/** What a company would want first: calls before files, files before the rest. */
export const DEMO_POLICIES: readonly DemoPolicy[] = [
  { name: 'Voice', priority: 900, match: { application: 'VoIP' } },
  { name: 'Video conferences', priority: 800, match: { application: 'VideoConference' } },
  { name: 'Databases', priority: 600, match: { application: 'Database' } },
  { name: 'Web', priority: 400, match: { application: 'Web' } },
  { name: 'E-mail', priority: 300, match: { application: 'Email' } },
  { name: 'Files and backups', priority: 100, match: { application: 'Backup' } },
];
