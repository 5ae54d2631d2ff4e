import {
  Activity,
  ArrowRightLeft,
  BellRing,
  Camera,
  ChartArea,
  Coins,
  DatabaseZap,
  Download,
  History,
  ListOrdered,
  type LucideIcon,
  MapPin,
  Settings,
  Users,
  Waypoints,
} from 'lucide-react';
import type { ComponentType } from 'react';

export interface PageEntry {
  /** Addresses of the page; the navigation uses the first one. `$name` is a parameter. */
  paths: readonly [string, ...string[]];
  title: string;
  icon: LucideIcon;
  /** The key that opens it after G. */
  key: string;
  /** The operation that the page needs: people who may not call it don't see the page. */
  needs?: string;
  load(): Promise<{ Page: ComponentType }>;
}

/** Every page, in the order of the navigation. */
export const PAGES: readonly PageEntry[] = [
  { paths: ['/'], title: 'Now', icon: Activity, key: 'n', load: () => import('./now/now-page.tsx') },
  {
    paths: ['/alarms'],
    title: 'Alarms',
    icon: BellRing,
    key: 'a',
    load: () => import('./alarms/alarms-page.tsx'),
  },
  {
    paths: ['/paths'],
    title: 'Paths',
    icon: Waypoints,
    key: 'p',
    load: () => import('./paths/paths-page.tsx'),
  },
  {
    paths: ['/traffic'],
    title: 'Traffic',
    icon: ChartArea,
    key: 't',
    load: () => import('./traffic/traffic-page.tsx'),
  },
  {
    paths: ['/flows'],
    title: 'Flows',
    icon: ArrowRightLeft,
    key: 'f',
    load: () => import('./flows/flows-page.tsx'),
  },
  {
    paths: ['/policies'],
    title: 'Policies',
    icon: ListOrdered,
    key: 'o',
    load: () => import('./policies/policies-page.tsx'),
  },
  {
    paths: ['/sites', '/sites/$site_id'],
    title: 'Sites and edges',
    icon: MapPin,
    key: 's',
    load: () => import('./sites/sites-page.tsx'),
  },
  {
    paths: ['/cost'],
    title: 'Cost',
    icon: Coins,
    key: 'm',
    load: () => import('./cost/cost-page.tsx'),
  },
  {
    paths: ['/changes'],
    title: 'Changes',
    icon: History,
    key: 'c',
    load: () => import('./changes/changes-page.tsx'),
  },
  {
    paths: ['/incidents', '/incidents/$incident_id'],
    title: 'Incidents',
    icon: Camera,
    key: 'i',
    load: () => import('./incidents/incidents-page.tsx'),
  },
  {
    paths: ['/exports'],
    title: 'Exports',
    icon: Download,
    key: 'e',
    load: () => import('./exports/exports-page.tsx'),
  },
  {
    paths: ['/caches'],
    title: 'Caches',
    icon: DatabaseZap,
    key: 'h',
    load: () => import('./caches/caches-page.tsx'),
  },
  {
    paths: ['/users'],
    title: 'Users',
    icon: Users,
    key: 'u',
    needs: 'users',
    load: () => import('./users/users-page.tsx'),
  },
  {
    paths: ['/settings'],
    title: 'Settings',
    icon: Settings,
    key: ',',
    load: () => import('./settings/settings-page.tsx'),
  },
];
