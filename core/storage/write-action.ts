import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';

/** One action of a TransactWriteItems call, with plain values. */
export type WriteAction = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
