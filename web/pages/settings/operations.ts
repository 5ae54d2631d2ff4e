import { graphql } from '../../data/graphql.ts';

export const SET_PREFERENCES = graphql(`
  mutation SetPreferences($preferences: PreferencesInput!) {
    setPreferences(preferences: $preferences) { theme time_zone units }
  }
`);

export const SAVE_VIEW = graphql(`
  mutation SaveView($name: String!, $address: String!) {
    saveView(name: $name, address: $address) { saved_views { name } }
  }
`);

export const REMOVE_VIEW = graphql(`
  mutation RemoveView($name: String!) {
    removeView(name: $name) { saved_views { name } }
  }
`);
