/**
 * The environment variable that says which test files prove the room: their patterns, with commas.
 */
export const TESTS_VARIABLE = 'MUTATION_TESTS';
