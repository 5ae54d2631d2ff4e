import { z } from 'zod';
import { tableEnvironment } from '../../core/storage/table-environment.ts';
import { roleSettings, SETTINGS } from '../settings.ts';

const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SNS, NOTICE_TOPIC_ARN, WEBHOOKS_TO_PRIVATE_ADDRESSES } = SETTINGS;

/**
 * The function's configuration, validated when a container starts. The credentials are those of the
 * function's role.
 */
export const environmentSchema = z.object({
  ...tableEnvironment,
  ...roleSettings,
  NOTICE_TOPIC_ARN,
  WEBHOOKS_TO_PRIVATE_ADDRESSES,
  AWS_ENDPOINT_URL,
  AWS_ENDPOINT_URL_SNS,
});
