import { graphql, type ResultOf } from '../../data/graphql.ts';

export const USERS = graphql(`
  query Users($next_token: String) {
    users(limit: 25, next_token: $next_token) {
      items { id email groups status enabled mfa created_at updated_at }
      next_token
    }
  }
`);

export type UserRow = ResultOf<typeof USERS>['users']['items'][number];

export const INVITE_USER = graphql(`
  mutation InviteUser($email: String!, $groups: [UserGroup!]!) {
    inviteUser(email: $email, groups: $groups) { audit_id user { id email } }
  }
`);

export const SET_USER_GROUPS = graphql(`
  mutation SetUserGroups($user_id: ID!, $groups: [UserGroup!]!) {
    setUserGroups(user_id: $user_id, groups: $groups) { audit_id user { id } }
  }
`);

export const SET_USER_ENABLED = graphql(`
  mutation SetUserEnabled($user_id: ID!, $enabled: Boolean!) {
    setUserEnabled(user_id: $user_id, enabled: $enabled) { audit_id user { id enabled } }
  }
`);
