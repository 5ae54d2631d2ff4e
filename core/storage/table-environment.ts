import { z } from 'zod';
import type { TableNames } from './tables.ts';

/** The variables that name the tables in every function's environment: a part of its schema. */
export const tableEnvironment = {
  AUDIT_TABLE: z.string().min(1),
  NETWORK_TABLE: z.string().min(1),
  TRAFFIC_TABLE: z.string().min(1),
  CACHE_TABLE: z.string().min(1),
};

/** The tables that a checked environment names. */
export function tablesOf(environment: Record<keyof typeof tableEnvironment, string>): TableNames {
  return {
    audit: environment.AUDIT_TABLE,
    network: environment.NETWORK_TABLE,
    traffic: environment.TRAFFIC_TABLE,
    cache: environment.CACHE_TABLE,
  };
}
