import { z } from 'zod';
import { arn } from '../../aws/arn.ts';
import type { ApiKeyMode } from '../../gateway/gateway-options.ts';
import { noEffect } from '../no-effect.ts';
import type { ResourceType } from '../resource-type.ts';

const apiKeySchema = z.strictObject({
  ApiId: z.string(),
  ApiKeyId: z.string().optional(),
  /** Seconds since the epoch. */
  Expires: z.number().optional(),
  Description: noEffect('for people'),
});

const WEEK_MS = 7 * 86_400_000;

export const appsyncApiKey: ResourceType<z.output<typeof apiKeySchema>, ApiKeyMode['keys'][number]> = {
  type: 'AWS::AppSync::ApiKey',
  schema: apiKeySchema,
  attributes: ({ logicalId }) => ({ Ref: arn('appsync', `apikey/${logicalId}`), ApiKey: idOf(logicalId) }),
  make({ resource, properties: { Expires }, host }) {
    const expiresAtMs = Expires === undefined ? host.clock() + WEEK_MS : Expires * 1000;
    return { value: { id: idOf(resource.logicalId), expiresAtMs } };
  },
};

function idOf(logicalId: string): string {
  return `da2-${logicalId}`;
}
