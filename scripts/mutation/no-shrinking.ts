import fc from 'fast-check';

// That a property fails is all that is asked for. Looking for a smaller example takes longer than
// all tests of a room.
fc.configureGlobal({ endOnFailure: true });
