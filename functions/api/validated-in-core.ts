import { z } from 'zod';
import type { OperationName } from '../../core/access/roles.ts';
import type { Operations } from '../../graphql/schema.generated.ts';

/** Arguments that the operation in core/ validates itself. */
export const validatedInCore = <Name extends OperationName>(_operation: Name) =>
  z.custom<Operations[Name]['arguments']>();
