import { z } from 'zod';
import { ifUpdatedAt } from '../../audit/refuse-changed.ts';
import { clientToken } from '../../storage/commit-once.ts';
import { isEndpointAddress } from './endpoint-address.ts';
import { latitude, longitude } from './geo.ts';
import { lineOfText, lowerUuid, uuid } from './parse-input.ts';
import { PATH_ID } from './path-id.ts';
import { INTERFACE_TYPES } from './site.ts';

const PUBLIC_KEY_RULE = 'public_key must be a WireGuard public key: base64 of 32 bytes.';
const ADDRESS_RULE =
  'address must be an IPv4 address, an IPv6 address or a host name, with or without a port.';
const COST_RULE = 'cost_per_gb must be an amount from 0 to 1000000 with at most nine decimals.';
const ENDPOINT_ID_RULE = 'must be 1 to 64 letters, digits, dots, hyphens or underscores, such as wan1.';
const WG_RULE = 'wg_interface must be a Linux interface name of 1 to 15 characters, such as wg0.';
const PATH_ID_RULE = 'path_id must be the id of a path, as the list of paths shows it.';
const BATCH_MAX = 50;

const publicKey = z
  .string(PUBLIC_KEY_RULE)
  .refine(text => /^[A-Za-z0-9+/]{43}=$/.test(text), PUBLIC_KEY_RULE);

const endpointId = (field: string) =>
  z.string(`${field} ${ENDPOINT_ID_RULE}`).regex(/^[A-Za-z0-9._-]{1,64}$/, `${field} ${ENDPOINT_ID_RULE}`);

const TOGETHER = {
  error: 'Give latitude and longitude together, or neither.',
  path: ['latitude'],
};

const isSet = (value: number | null | undefined): boolean => value !== null && value !== undefined;

export const createSiteInput = z
  .object({
    name: lineOfText('name', 100),
    location: lineOfText('location', 200).nullish(),
    latitude: latitude.nullish(),
    longitude: longitude.nullish(),
    public_key: publicKey.nullish(),
    client_token: clientToken,
  })
  .refine(site => isSet(site.latitude) === isSet(site.longitude), TOGETHER);

export const updateSiteInput = z
  .object({
    site_id: uuid('site_id'),
    name: lineOfText('name', 100).optional(),
    location: lineOfText('location', 200).nullish(),
    latitude: latitude.nullish(),
    longitude: longitude.nullish(),
    public_key: publicKey.nullish(),
    if_updated_at: ifUpdatedAt,
  })
  .refine(
    ({ site_id: _, if_updated_at: __, ...changes }) =>
      Object.values(changes).some(given => given !== undefined),
    'Give at least one of name, location, latitude with longitude, and public_key to change.',
  )
  // Otherwise a new latitude could be combined with the old longitude.
  .refine(
    site =>
      isSet(site.latitude) === isSet(site.longitude) &&
      (site.latitude === undefined) === (site.longitude === undefined),
    TOGETHER,
  );

export const siteIdInput = z.object({ site_id: uuid('site_id') });

const address = z.string(ADDRESS_RULE).refine(isEndpointAddress, ADDRESS_RULE);
const interfaceType = z.enum(INTERFACE_TYPES, `interface_type must be one of ${INTERFACE_TYPES.join(', ')}.`);
const costPerGb = z
  .number(COST_RULE)
  .min(0, COST_RULE)
  .max(1_000_000, COST_RULE)
  .refine(cost => Math.round(cost * 1e9) / 1e9 === cost, COST_RULE);

export const addEndpointInput = z.object({
  site_id: uuid('site_id'),
  endpoint_id: endpointId('endpoint_id').nullish(),
  address,
  interface_type: interfaceType,
  cost_per_gb: costPerGb.nullish().transform(cost => cost ?? 0),
  reachable: z.boolean('reachable must be true or false.').nullish(),
  client_token: clientToken,
});

/** A field that is null or omitted keeps its value. */
export const updateEndpointInput = z
  .object({
    site_id: uuid('site_id'),
    endpoint_id: endpointId('endpoint_id'),
    address: address.nullish(),
    interface_type: interfaceType.nullish(),
    cost_per_gb: costPerGb.nullish(),
    if_updated_at: ifUpdatedAt,
  })
  .refine(
    ({ address, interface_type, cost_per_gb }) =>
      [address, interface_type, cost_per_gb].some(given => given !== null && given !== undefined),
    'Give at least one of address, interface_type and cost_per_gb to change.',
  );

export const removeEndpointInput = z.object({
  site_id: uuid('site_id'),
  endpoint_id: endpointId('endpoint_id'),
});

export const createPathInput = z
  .object({
    source_site_id: uuid('source_site_id'),
    source_endpoint_id: endpointId('source_endpoint_id'),
    destination_site_id: uuid('destination_site_id'),
    destination_endpoint_id: endpointId('destination_endpoint_id'),
    wg_interface: z
      .string(WG_RULE)
      .regex(/^[A-Za-z0-9._-]{1,15}$/, WG_RULE)
      .nullish(),
    client_token: clientToken,
  })
  .refine(path => path.source_site_id !== path.destination_site_id, {
    error: 'A path leads from one site to another: source_site_id and destination_site_id must differ.',
    path: ['destination_site_id'],
  });

export const pathIdInput = z.object({
  path_id: z.string(PATH_ID_RULE).transform(lowerUuid).pipe(z.string().regex(PATH_ID, PATH_ID_RULE)),
});

const BATCH_RULE = `site_ids must be a list of 1 to ${BATCH_MAX} site ids.`;

export const deleteSitesInput = z.object({
  site_ids: z
    .array(uuid('Each of site_ids'), BATCH_RULE)
    .min(1, BATCH_RULE)
    .max(BATCH_MAX, BATCH_RULE)
    .refine(ids => new Set(ids).size === ids.length, 'site_ids must name each site once.'),
});
