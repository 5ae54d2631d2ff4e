import { madeOf, type SmokeStep } from '../smoke-step.ts';

export const rolesStep: SmokeStep = {
  name: 'roles',
  proves: 'the policies of the stacks can be attached to roles, and the roles can be assumed',
  needs: ['edge'],
  async run(bench) {
    const roles = await bench.system.makeRoles(bench, madeOf(bench, 'edge').edge_id);
    bench.made.roles = roles;
    return roles.detail;
  },
};
