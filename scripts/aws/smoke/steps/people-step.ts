import { z } from 'zod';
import { EdgeError } from '../../../../edge/edge-error.ts';
import type { SmokeStep } from '../smoke-step.ts';

const answer = z.object({ me: z.object({ groups: z.array(z.string()) }) });

export const peopleStep: SmokeStep = {
  name: 'sign-in',
  proves: 'an administrator signs in, and the API knows the groups',
  needs: [],
  async run(bench) {
    const { admin, detail } = await bench.system.signIn(bench);
    const { groups } = answer.parse(await admin.query('{ me { groups } }')).me;
    if (!groups.includes('admin')) {
      throw new EdgeError(
        `This person is in ${groups.join(', ') || 'no group'}, but the test needs a member of the group admin: npm run aws -- admin EMAIL.`,
      );
    }
    bench.made.admin = admin;
    return detail;
  },
};
