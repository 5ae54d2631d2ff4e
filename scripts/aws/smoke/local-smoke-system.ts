import { LOCAL_CREDENTIALS } from '../../../core/local-credentials.ts';
import { localEdgeCredentials } from '../../../edge/commands/local-edge-credentials.ts';
import { EdgeError } from '../../../edge/edge-error.ts';
import { followLocalSystem } from '../../../edge/system/follow-local-system.ts';
import { kinesisClient } from '../../../edge/system/kinesis-client.ts';
import { findLocalSystem } from '../../../edge/system/local-system.ts';
import { localGraphql } from '../../../edge/system/open-graphql.ts';
import type { SmokeSystem } from './smoke-step.ts';

/** Steps that one machine cannot show; the cloud can. */
const NOT_SHOWN: SmokeSystem['notShown'] = {
  alarm: 'the local system has no CloudWatch',
};

/** The local system of a folder. @throws EdgeError when none is running */
export async function localSmokeSystem(folder: string): Promise<SmokeSystem> {
  const local = await findLocalSystem(folder);
  if (!local) throw new EdgeError('No local system is running: start one with npm start.');
  const { region, graphql, stream, kinesis: endpoint } = local;
  return {
    title: `the local system in ${folder}`,
    region,
    graphql,
    stream,
    notShown: NOT_SHOWN,
    async signIn() {
      const admin = localGraphql(followLocalSystem(folder, local), { group: 'admin' });
      return { admin, detail: 'with a password; only the cloud can show SRP and second factors' };
    },
    async makeRoles(_, edge_id) {
      return {
        edge: async () => localEdgeCredentials(edge_id),
        reader: async () => LOCAL_CREDENTIALS,
        detail: 'stand-ins that are identified by their keys; only the cloud has IAM',
      };
    },
    kinesis: () => kinesisClient({ endpoint, region, credentials: LOCAL_CREDENTIALS }),
    alarmArrives: () => Promise.reject(new Error(NOT_SHOWN.alarm)),
  };
}
