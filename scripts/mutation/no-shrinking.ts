import fc from 'fast-check';

// It is enough that a property fails. The search for a smaller example takes longer than all tests
// of a room.
fc.configureGlobal({ endOnFailure: true });
