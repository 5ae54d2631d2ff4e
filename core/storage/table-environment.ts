import { z } from 'zod';
import type { TableNames } from './tables.ts';

/** The part of every function's environment schema with the names of the tables. */
export const tableEnvironment = {
  AUDIT_TABLE: z.string().min(1),
  NETWORK_TABLE: z.string().min(1),
  TRAFFIC_TABLE: z.string().min(1),
  CACHE_TABLE: z.string().min(1),
};

/** The names of the tables from a checked environment. */
export function tablesOf(environment: Record<keyof typeof tableEnvironment, string>): TableNames {
  return {
    audit: environment.AUDIT_TABLE,
    network: environment.NETWORK_TABLE,
    traffic: environment.TRAFFIC_TABLE,
    cache: environment.CACHE_TABLE,
  };
}
